/** The taxonomy as the review page needs it. Until its file has come, nothing is found and nothing conflicts. */
import { text } from "./strings.js";
import { Taxonomy } from "./taxonomy.js";

const CURRENT = "/taxonomy/file/current.json"; // leads to the newest version's file, which the browser keeps

export class Catalogue {
  #taxonomy = null;
  #book = null;

  get ready() {
    return this.#taxonomy !== null;
  }

  /** @param {{line: string}} task */
  async load({ line }) {
    try {
      this.#taxonomy = await Taxonomy.load(CURRENT);
      this.#book = this.#taxonomy.book(line);
    } catch (error) {
      console.warn(error); // the page works without: the server checks the rules and finds typed names
    }
  }

  search(words, limit) {
    return this.ready ? this.#taxonomy.search(words, limit).map(({ id }) => this.tag(id)) : [];
  }

  siblings(tag) {
    return this.ready ? this.#taxonomy.siblings(tag).map((id) => this.tag(id)) : [];
  }

  conflicts(tags) {
    return this.ready ? this.#book.conflicts(tags) : [];
  }

  name(tag) {
    return this.ready ? this.#taxonomy.label(tag) : `#${tag}`;
  }

  tag(id) {
    if (!this.ready || !this.#taxonomy.has(id)) return { id, name: this.name(id), path: "" };
    const place = this.#taxonomy.place(id).join(" › ");
    return { id, name: this.name(id), path: place || text(this.#taxonomy.kind(id) === "category" ? "top" : "openTag") };
  }
}
