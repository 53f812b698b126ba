/** What was found for the words in a box, as a list to choose from: arrows, Enter, Escape and the mouse. */
import { announce, text } from "./strings.js";

const pattern = document.getElementById("found-pattern");
const ROLES = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" };
let lists = 0;

export class FoundList {
  #found = [];
  #at = 0;
  #looking = null; // what the words find is on its way

  /**
   * @template {{name: string, path: string, matched?: string}} Found
   * @param {HTMLInputElement} input @param {HTMLUListElement} list
   * @param {{look: () => Promise<void> | void, take: (found: Found) => void, leave: (event: KeyboardEvent) => boolean,
   *   closed?: () => void}} reactions  look: show what is found; leave: Escape, or Enter on nothing; says whether the key was used
   */
  constructor(input, list, { look, take, leave, closed = () => {} }) {
    Object.assign(this, { input, list, look, take, leave, closed });
    list.id ||= `found-${lists++}`;
    for (const [name, value] of Object.entries({ ...ROLES, "aria-controls": list.id })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.#pressed(event));
    input.addEventListener("blur", () => this.close());
    list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the box would lose the focus first and close
      const item = event.target.closest("li");
      if (item) this.#choose([...list.children].indexOf(item));
    });
  }

  /** The words are others now. */
  async typed() {
    const looking = (this.#looking = this.look() ?? null);
    await looking?.finally(() => {
      if (this.#looking === looking) this.#looking = null;
    });
  }

  show(found) {
    this.#found = found;
    this.list.replaceChildren(...found.map((each, at) => this.#item(each, at)));
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#mark(0);
    announce(found.length ? `${found.length} ${text("found")}` : text("nothingFound"));
  }

  close() {
    this.closed();
    this.#found = [];
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #item({ name, path, matched }, at) {
    const item = pattern.content.firstElementChild.cloneNode(true);
    item.id = `${this.list.id}-${at}`;
    item.querySelector(".name").textContent = name;
    item.querySelector(".alias").textContent = matched && matched !== name ? matched : "";
    item.querySelector(".path").textContent = path;
    return item;
  }

  #mark(at) {
    this.#at = Math.min(Math.max(at, 0), this.#found.length - 1);
    for (const [i, item] of [...this.list.children].entries()) item.setAttribute("aria-selected", String(i === this.#at));
    if (this.#found.length) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.#at}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  #pressed(event) {
    if (event.isComposing || event.keyCode === 229) return; // Enter and arrows belong to the input method
    if (event.key === "ArrowDown") this.#mark(this.#at + 1);
    else if (event.key === "ArrowUp") this.#mark(this.#at - 1);
    else if (event.key === "Enter" && this.#looking) this.#chooseFound(this.#looking, event);
    else if (event.key === "Enter" && this.#found.length) this.#choose(this.#at);
    else if (!["Enter", "Escape"].includes(event.key) || !this.leave(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Sent off as soon as they are typed, words mean what they find, not what their first letters found. */
  async #chooseFound(looking, event) {
    const words = this.input.value;
    await looking;
    if (words !== this.input.value || document.activeElement !== this.input) return;
    if (this.#found.length) this.#choose(this.#at);
    else this.leave(event);
  }

  #choose(at) {
    const found = this.#found[at];
    if (!found) return;
    this.input.value = "";
    this.close();
    this.take(found);
  }
}
