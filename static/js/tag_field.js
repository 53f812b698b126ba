/** A field that takes tags: type a name, an alias or pinyin, and pick from what the server finds. */
import { sentence } from "./strings.js";

const PAUSE = 150; // milliseconds without a key before the server is asked
let fields = 0;
const pattern = document.getElementById("picked");

export class TagField {
  #options = [];
  #at = -1;
  #asked = 0;
  #timer = 0;

  /** @param {HTMLElement} place @param {string} address of the options @param {() => void} changed */
  constructor(place, address, changed) {
    this.place = place;
    this.address = address;
    this.changed = changed;
    this.name = place.dataset.tagField;
    this.input = place.querySelector(":scope > input");
    this.list = place.querySelector(".found");
    this.list.id = `found-${this.name}-${fields++}`; // several fields of a page may have one name
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id }))
      this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#pressed(event));
    this.input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the field would lose the focus first and close
      const item = event.target.closest("li");
      if (item) this.#pick([...this.list.children].indexOf(item));
    });
    for (const chip of place.querySelectorAll(".picked")) this.#removable(chip);
    this.#show();
    if (this.input.value.trim()) this.#typed(); // somebody was faster than the script
  }

  get many() {
    return "many" in this.place.dataset;
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    const words = this.input.value.trim();
    const turn = ++this.#asked;
    if (!words) return this.#close();
    const answer = await fetch(`${this.address}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || turn !== this.#asked) return; // an older question was answered late
    this.#options = (await answer.json()).options;
    this.list.replaceChildren(...this.#options.map((option, i) => this.#item(option, i)));
    this.list.hidden = !this.#options.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#mark(0);
  }

  #item({ name, path }, index) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.setAttribute("role", "option");
    for (const [kind, words] of [["name", name], ["path", path]]) {
      const part = document.createElement("span");
      part.className = kind;
      part.textContent = words;
      item.append(part);
    }
    return item;
  }

  #mark(index) {
    this.#at = Math.min(Math.max(index, 0), this.#options.length - 1);
    for (const [i, item] of [...this.list.children].entries()) item.setAttribute("aria-selected", String(i === this.#at));
    if (this.#at >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.#at}`);
    this.list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  #pressed(event) {
    if (event.isComposing || event.keyCode === 229) return; // Enter and arrows belong to the input method
    const chips = this.place.querySelectorAll(".picked");
    if (event.key === "ArrowDown") this.#mark(this.#at + 1);
    else if (event.key === "ArrowUp") this.#mark(this.#at - 1);
    else if (event.key === "Enter" && !this.list.hidden) this.#pick(this.#at);
    else if (event.key === "Escape" && !this.list.hidden) this.#close();
    else if (event.key === "Backspace" && !this.input.value && chips.length) this.#take(chips[chips.length - 1]);
    else return;
    event.preventDefault();
  }

  #pick(index) {
    const option = this.#options[index];
    if (!option) return;
    if (!this.many) for (const old of this.place.querySelectorAll(".picked")) old.remove();
    const known = [...this.place.querySelectorAll(".picked input")].some((input) => input.value === option.code);
    if (!known) this.input.before(this.#chip(option));
    this.input.value = "";
    this.#close();
    this.#show();
    this.changed();
  }

  #chip({ code, name }) {
    const chip = pattern.content.firstElementChild.cloneNode(true);
    const input = chip.querySelector("input");
    input.name = this.name;
    input.value = code;
    chip.querySelector("span").textContent = name;
    this.#removable(chip);
    return chip;
  }

  #removable(chip) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", sentence("takeOut", { tag: chip.querySelector("span").textContent }));
    button.addEventListener("click", () => this.#take(chip));
    chip.append(button);
  }

  #take(chip) {
    chip.remove();
    this.#show();
    this.input.focus();
    this.changed();
  }

  /** A field for one tag hides its box while it has one. */
  #show() {
    this.input.hidden = !this.many && this.place.querySelector(".picked") !== null;
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked++;
    this.#options = [];
    this.#at = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
