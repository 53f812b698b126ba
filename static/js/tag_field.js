/** A field that takes tags: type a name, an alias or pinyin, and pick from what the server finds. */
import { FoundList } from "./found_list.js";
import { Questions } from "./questions.js";
import { laterWhenOnline } from "./server.js";
import { announce, sentence, text } from "./strings.js";

const PAUSE = 150; // milliseconds without a key before the server is asked
let fields = 0;
const pattern = document.getElementById("picked");

/** @typedef {{code: string, name: string, path: string, matched?: string}} Option */
export class TagField {
  #questions = new Questions(PAUSE);

  /** @param {HTMLElement} place @param {string} address of the options @param {() => void} changed */
  constructor(place, address, changed) {
    this.place = place;
    this.address = address;
    this.changed = changed;
    this.name = place.dataset.tagField;
    this.input = place.querySelector(":scope > input");
    const list = place.querySelector(".found");
    list.id = `found-${this.name}-${fields++}`; // several fields of a page may have one name
    this.found = new FoundList(this.input, list, {
      look: () => this.#look(),
      take: (option) => this.#pick(option),
      leave: ({ key }) => this.#left(key, list),
      closed: () => this.#questions.drop(),
    });
    this.input.addEventListener("keydown", (event) => this.#back(event));
    for (const chip of place.querySelectorAll(".picked")) this.#removable(chip);
    this.#show();
    if (this.input.value.trim()) this.found.typed(); // somebody was faster than the script
  }

  get many() {
    return "many" in this.place.dataset;
  }

  async #look() {
    const words = this.input.value.trim();
    if (!words) return this.found.close();
    try {
      const answer = await this.#questions.ask(`${this.address}?q=${encodeURIComponent(words)}`);
      if (answer) this.found.show(answer.options);
    } catch (error) {
      laterWhenOnline(error);
      announce(text("offline"));
    }
  }

  /** Escape closes the list; words that find nothing are the page's to tell of. */
  #left(key, list) {
    if (key === "Enter" && this.input.value.trim()) this.changed();
    if (key !== "Escape" || list.hidden) return false;
    this.found.close();
    return true;
  }

  /** Backspace in an empty field takes the last one out. */
  #back(event) {
    const last = [...this.place.querySelectorAll(".picked")].at(-1);
    if (event.key !== "Backspace" || event.isComposing || this.input.value || !last) return;
    event.preventDefault();
    this.#take(last);
  }

  #pick(option) {
    if (!this.many) for (const old of this.place.querySelectorAll(".picked")) old.remove();
    const known = [...this.place.querySelectorAll(".picked input")].some((input) => input.value === option.code);
    if (!known) this.input.before(this.#chip(option));
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
}
