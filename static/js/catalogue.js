/** The taxonomy as the review page needs it. Until its file has come, nothing is found and nothing conflicts. */
import { text } from "./strings.js";
import { Taxonomy } from "./taxonomy.js";

export class Catalogue {
  #taxonomy = null;
  #line = null;

  /** @param {string} address of the newest version's file @param {string} line slug of the business line */
  async load(address, line) {
    this.#taxonomy = await Taxonomy.load(address);
    this.#line = line;
  }

  get ready() {
    return this.#taxonomy !== null;
  }

  /** @returns {import("./search_box.js").Found[]} */
  search(words, limit) {
    const found = this.#taxonomy?.search(words, limit) ?? [];
    return found.map(({ id, matched }) => ({ ...this.tag(id), matched }));
  }

  /** @returns {{id: number, name: string}[]} */
  siblings(tag) {
    return (this.#taxonomy?.siblings(tag) ?? []).map((id) => ({ id, name: this.name(id) }));
  }

  /** @param {number[]} tags @returns {import("./rules.js").Conflict[]} */
  conflicts(tags) {
    return this.#taxonomy?.book(this.#line).conflicts(tags) ?? [];
  }

  name(tag) {
    return this.#taxonomy?.label(tag) ?? `#${tag}`;
  }

  tag(id) {
    return { id, name: this.name(id), path: this.#place(id) };
  }

  #place(id) {
    const above = this.#taxonomy?.place(id) ?? [];
    if (above.length) return above.join(" › ");
    return text(this.#taxonomy?.kind(id) === "category" ? "top" : "openTag");
  }
}
