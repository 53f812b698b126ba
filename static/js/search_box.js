/** The box that adds a tag: type a name, an alias or pinyin, and take one of those found. */
import { FoundList } from "./found_list.js";

const SHOWN = 12;

/**
 * @typedef {{id: number, name: string, path: string, matched?: string}} Found
 */
export class SearchBox {
  /**
   * @param {HTMLFormElement} form
   * @param {(words: string, limit: number) => Found[]} search
   * @param {(tag: Found | null) => void} done with the tag taken, or null when the box was left
   */
  constructor(form, search, done) {
    Object.assign(this, { input: form.querySelector("[name=add_name]"), search, done });
    this.list = new FoundList(this.input, form.querySelector(".found"), {
      look: () => this.#look(),
      take: done,
      leave: (event) => this.#left(event),
    });
  }

  open() {
    this.input.focus();
    this.input.select();
  }

  #look() {
    const words = this.input.value.trim();
    if (words) this.list.show(this.search(words, SHOWN));
    else this.list.close();
  }

  /** Escape leaves the box, and so does Enter when it is empty; words that find nothing stay to be mended. */
  #left({ key }) {
    if (key === "Escape" || !this.input.value.trim()) {
      this.input.value = "";
      this.list.close();
      this.done(null);
    }
    return true;
  }
}
