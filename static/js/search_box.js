/** The box that adds a tag: type a name, an alias or pinyin, and take one of those found. */
import { announce, text } from "./strings.js";

const SHOWN = 12;
const pattern = document.getElementById("found-pattern");
let boxes = 0;

/**
 * @typedef {{id: number, name: string, path: string, matched?: string}} Found
 */
export class SearchBox {
  #found = [];
  #at = 0;

  /**
   * @param {HTMLFormElement} form
   * @param {(words: string, limit: number) => Found[]} search
   * @param {(tag: Found | null) => void} done with the tag taken, or null when the box was left
   */
  constructor(form, search, done) {
    this.input = form.querySelector("[name=add_name]");
    this.list = form.querySelector(".found");
    this.search = search;
    this.done = done;
    this.list.id = `found-${boxes++}`;
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.addEventListener("input", () => this.#look());
    this.input.addEventListener("keydown", (event) => this.#pressed(event));
    this.input.addEventListener("blur", () => this.#close());
    // On press, not on click: the box would lose the focus first and close.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.#take([...this.list.children].indexOf(item));
    });
  }

  open() {
    this.input.focus();
    this.input.select();
  }

  #look() {
    const words = this.input.value.trim();
    this.#found = words ? this.search(words, SHOWN) : [];
    this.list.replaceChildren(...this.#found.map((tag, i) => this.#item(tag, i)));
    this.list.hidden = !this.#found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#mark(0);
    if (words) announce(this.#found.length ? `${this.#found.length} ${text("found")}` : text("nothingFound"));
  }

  #item({ name, path, matched }, index) {
    const item = pattern.content.firstElementChild.cloneNode(true);
    item.id = `${this.list.id}-${index}`;
    item.querySelector(".name").textContent = name;
    item.querySelector(".alias").textContent = matched && matched !== name ? matched : "";
    item.querySelector(".path").textContent = path;
    return item;
  }

  #mark(index) {
    this.#at = Math.min(Math.max(index, 0), this.#found.length - 1);
    for (const [i, item] of [...this.list.children].entries()) item.setAttribute("aria-selected", String(i === this.#at));
    if (this.#found.length) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.#at}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  #pressed(event) {
    if (event.isComposing || event.keyCode === 229) return; // Enter and arrows belong to the input method
    if (event.key === "ArrowDown") this.#mark(this.#at + 1);
    else if (event.key === "ArrowUp") this.#mark(this.#at - 1);
    else if (event.key === "Enter") this.#take(this.#at);
    else if (event.key === "Escape") this.#leave(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #take(index) {
    const tag = this.#found[index];
    if (tag) this.#leave(tag);
    else if (!this.input.value.trim()) this.#leave(null);
  }

  #leave(tag) {
    this.input.value = "";
    this.#close();
    this.done(tag);
  }

  #close() {
    this.#found = [];
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
