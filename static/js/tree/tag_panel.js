/** The tag beside the tree: its part of the page, fetched when another tag is looked at. */
import { laterWhenOnline, request } from "../server.js";

const REST = 160; // milliseconds that the focus must rest on a tag before its page is asked for

/** Tells "show" {article} when the page of another tag has come. */
export class TagPanel extends EventTarget {
  #timer = 0;
  #asked = null;

  /** @param {HTMLElement} place @param {string} pattern address of tag 0 @param {string} index address of no tag */
  constructor(place, pattern, index) {
    super();
    Object.assign(this, { place, pattern, index });
    place.addEventListener("click", (event) => this.#clicked(event));
    this.#parts();
  }

  /** @returns {HTMLElement | null} */
  get article() {
    return this.place.querySelector("[data-code]");
  }

  address(id) {
    return this.pattern.replace("/0/", `/${id}/`);
  }

  /** Show the page of a tag as soon as nobody asks for another. @param {number} id */
  later(id) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.show(id), REST);
  }

  /** The tag in focus has no page: what is under way is not wanted any more. */
  forget() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  async show(id, { push = true } = {}) {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const address = this.address(id);
    try {
      const answer = await request(address, { signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      this.fill(await answer.text());
      if (push && location.pathname !== address) history.replaceState({ tag: id }, "", address);
    } catch (error) {
      if (error.name !== "AbortError") laterWhenOnline(error);
    }
  }

  /** @param {string | Node} content */
  fill(content) {
    clearTimeout(this.#timer);
    const template = document.createElement("template");
    if (typeof content === "string") template.innerHTML = content;
    else template.content.append(content);
    this.place.replaceChildren(template.content);
    this.place.scrollTop = 0;
    this.#parts();
    this.dispatchEvent(new CustomEvent("show", { detail: { article: this.article } }));
  }

  /** Fetch the parts that other pages serve. */
  #parts() {
    for (const part of this.place.querySelectorAll("[data-part]")) this.#part(part);
  }

  async #part(part) {
    try {
      const answer = await request(part.dataset.part, { headers: { "HX-Request": "true" } });
      const html = answer.ok ? await answer.text() : "";
      if (html && part.isConnected) part.innerHTML = html;
    } catch (error) {
      laterWhenOnline(error);
    }
  }

  #clicked(event) {
    const link = event.target.closest("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const id = Number(link.dataset.go);
    if (!id) return; // the way to the overview is an ordinary link
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("go", { detail: { id } }));
  }
}
