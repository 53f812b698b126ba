/** A box that finds tags while one types: the server answers by name, alias or pinyin. */
import { Offline, request } from "../server.js";
import { announce, text } from "../strings.js";

const WAIT = 90; // milliseconds without a key before the server is asked
const pattern = document.getElementById("found-pattern");
let boxes = 0;

/** @typedef {{id: number, code?: string, name: string, path: string[], kind: string, matched?: string}} Found */
export class TagFinder {
  #found = [];
  #at = 0;
  #timer = 0;
  #asked = null;

  /**
   * @param {HTMLInputElement} input @param {HTMLUListElement} list @param {string} address that answers ?q=
   * @param {(tag: Found) => void} take @param {{more?: (words: string) => Found[]}} options more: found on the page itself
   */
  constructor(input, list, address, take, { more = () => [] } = {}) {
    Object.assign(this, { input, list, address, take, more });
    list.id ||= `finder-${boxes++}`;
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.#later());
    input.addEventListener("keydown", (event) => this.#pressed(event));
    input.addEventListener("blur", () => this.#close());
    list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the box would lose the focus first and close
      const item = event.target.closest("li");
      if (item) this.#choose([...list.children].indexOf(item));
    });
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), WAIT);
  }

  async #look() {
    const words = this.input.value.trim();
    this.#asked?.abort();
    if (!words) return this.#close();
    const { signal } = (this.#asked = new AbortController());
    try {
      const answer = await request(`${this.address}?q=${encodeURIComponent(words)}`, { signal });
      if (answer.ok) this.#show(once([...this.more(words), ...(await answer.json())]));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Offline)) throw error;
      this.#show(this.more(words));
      announce(text("offline"));
    }
  }

  #show(found) {
    this.#found = found;
    this.list.replaceChildren(...found.map((tag, at) => this.#item(tag, at)));
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#mark(0);
    announce(found.length ? `${found.length} ${text("found")}` : text("nothingFound"));
  }

  #item({ name, path, matched, kind }, at) {
    const item = pattern.content.firstElementChild.cloneNode(true);
    item.id = `${this.list.id}-${at}`;
    item.querySelector(".name").textContent = name;
    item.querySelector(".alias").textContent = matched && matched !== name ? matched : "";
    item.querySelector(".path").textContent = path.join(" › ") || text(kind === "category" ? "top" : "openTag");
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
    else if (event.key === "Enter" && this.#found.length) this.#choose(this.#at);
    else if (event.key === "Escape" && !this.list.hidden) this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(at) {
    const tag = this.#found[at];
    if (!tag) return;
    this.input.value = "";
    this.#close();
    this.take(tag);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#found = [];
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

/** Each tag once: the page and the server may both have found it. */
function once(found) {
  const known = new Set();
  return found.filter(({ id }) => id === null || (!known.has(id) && known.add(id)));
}
