/**
 * Which rows of a forest are open, in order. Knows no page.
 * @typedef {{code: string, level: number, place: number, size: number}} Row
 */
export class Rows {
  #open = new Set();
  #at = new Map();
  /** @type {Row[]} */
  list = [];

  /** @param {import("./forest.js").Forest} forest */
  constructor(forest) {
    this.change(forest);
  }

  /** Show another forest; what was open stays open. */
  change(forest) {
    this.forest = forest;
    this.#lay();
  }

  isOpen(code) {
    return this.#open.has(code);
  }

  /** The place of a tag's row, -1 while it is hidden in a closed branch. */
  at(code) {
    return this.#at.get(code) ?? -1;
  }

  toggle(code, open = !this.#open.has(code)) {
    if (open) this.#open.add(code);
    else this.#open.delete(code);
    this.#lay();
  }

  /** Open several branches at once. */
  open(codes) {
    for (const code of codes) this.#open.add(code);
    this.#lay();
  }

  /** Open what stands above a tag. */
  reveal(code) {
    this.open(this.forest.path(code).map((node) => node.code));
  }

  /** The next row after `from`, around the end, whose name begins with what was typed. */
  beginning(typed, from) {
    const wanted = typed.toLocaleLowerCase();
    for (let step = 0; step < this.list.length; step++) {
      const at = (from + step) % this.list.length;
      if (this.forest.get(this.list[at].code).name.toLocaleLowerCase().startsWith(wanted)) return at;
    }
    return -1;
  }

  #lay() {
    this.list = [];
    this.#lower(this.forest.roots, 1);
    this.#at = new Map(this.list.map(({ code }, at) => [code, at]));
  }

  #lower(codes, level) {
    codes.forEach((code, index) => {
      this.list.push({ code, level, place: index + 1, size: codes.length });
      const { children } = this.forest.get(code);
      if (children.length && this.#open.has(code)) this.#lower(children, level + 1);
    });
  }
}
