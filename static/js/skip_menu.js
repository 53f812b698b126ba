/** The menu that asks why a clip is skipped. A digit answers and skips. */
import { announce, text } from "./strings.js";

export class SkipMenu {
  /** @param {HTMLDetailsElement} menu @param {() => void} left when it was closed without a choice */
  constructor(menu, left) {
    this.menu = menu;
    this.reasons = [...menu.querySelectorAll("[name=skip_reason]")];
    this.button = menu.querySelector("[value=skip]");
    menu.addEventListener("keydown", (event) => {
      if (event.target.matches("[name=note]")) return this.#noted(event);
      if (event.target.matches("[name=to]")) return;
      if (!menu.open || !/^[1-9]$/.test(event.key) || !this.reasons[event.key - 1]) return;
      event.preventDefault();
      this.reasons[event.key - 1].checked = true;
      this.button.click();
    });
    this.button.addEventListener("click", (event) => {
      if (this.reasons.some((reason) => reason.checked)) return;
      event.preventDefault();
      announce(text("skipReason"));
      this.reasons[0].focus();
    });
    menu.addEventListener("toggle", () => {
      if (!menu.open && menu.contains(document.activeElement)) left();
    });
    menu.querySelector("[value=give_back]").addEventListener("click", () => (menu.open = false));
  }

  /** Enter after the note hands over. Without this it would press the form's first button, which sends a review. */
  #noted(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.menu.querySelector("[value=hand_over]").click();
  }

  open() {
    this.menu.open = true;
    this.reasons[0].focus();
  }

  /** With the keyboard on the list of colleagues. */
  handOver() {
    this.menu.open = true;
    this.menu.querySelector("[name=to]")?.focus();
  }

  reset() {
    this.menu.open = false;
    for (const reason of this.reasons) reason.checked = false;
    for (const field of this.menu.querySelectorAll("[name=to], [name=note]")) field.value = "";
  }
}
