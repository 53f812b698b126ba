/** A tree on the page. Only the rows in sight are in the document, however many there are. */
import { Rows } from "./rows.js";

const SPARE = 8; // rows drawn above and below those in sight
const pattern = document.getElementById("row-pattern");

/** Tells "focus" {code} when another row has the focus, "draw" {element, node} when a row is drawn. */
export class TreeView extends EventTarget {
  #drawn = new Map(); // code -> element
  #frame = 0;

  /** @param {HTMLElement} place that scrolls @param {import("./forest.js").Forest} forest */
  constructor(place, forest) {
    super();
    this.place = place;
    this.tree = place.querySelector("[role=tree]");
    this.rows = new Rows(forest);
    this.focused = forest.roots[0] ?? null;
    place.addEventListener("scroll", () => this.#later());
    new ResizeObserver(() => this.#later()).observe(place);
    this.tree.addEventListener("click", (event) => this.#clicked(event));
    this.tree.addEventListener("focusin", (event) => this.#entered(event));
    this.draw();
  }

  get forest() {
    return this.rows.forest;
  }

  /** Show the forest as it is now; the focus stays, or goes to the nearest row that is left. */
  change(forest) {
    const at = Math.max(0, this.rows.at(this.focused));
    this.rows.change(forest);
    if (this.rows.at(this.focused) < 0) this.focused = this.rows.list[Math.min(at, this.rows.list.length - 1)]?.code ?? null;
    this.draw();
  }

  toggle(code, open) {
    this.rows.toggle(code, open);
    if (this.rows.at(this.focused) < 0) this.focus(code);
    this.draw();
  }

  /** Open what stands above a tag and put the focus on it. */
  reveal(code, { take = true } = {}) {
    if (!this.forest.get(code)) return;
    this.rows.reveal(code);
    this.focus(code, { take, middle: true });
  }

  /** Move the focus to a row. @param {string} code @param {{take?: boolean, middle?: boolean}} how */
  focus(code, { take = true, middle = false } = {}) {
    const changed = code !== this.focused;
    this.focused = code;
    this.#bring(this.rows.at(code), middle);
    this.draw();
    if (take) this.#drawn.get(code)?.focus({ preventScroll: true });
    if (changed) this.dispatchEvent(new CustomEvent("focus", { detail: { code } }));
  }

  /** Move the focus by rows; stops at the ends. */
  step(by) {
    const { list } = this.rows;
    const at = Math.min(Math.max(this.rows.at(this.focused) + by, 0), list.length - 1);
    if (list[at]) this.focus(list[at].code);
  }

  /** How many rows are in sight. */
  get page() {
    return Math.max(1, Math.floor(this.place.clientHeight / this.#height) - 1);
  }

  element(code) {
    return this.#drawn.get(code);
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { list } = this.rows;
    const height = this.#height;
    this.tree.style.height = `${list.length * height}px`;
    const first = Math.max(0, Math.floor(this.place.scrollTop / height) - SPARE);
    const last = Math.min(list.length, Math.ceil((this.place.scrollTop + this.place.clientHeight) / height) + SPARE);
    const wanted = new Set(list.slice(first, last).map(({ code }) => code));
    const focused = this.rows.at(this.focused);
    if (focused >= 0) wanted.add(this.focused); // it keeps the focus out of sight too
    for (const [code, element] of this.#drawn) {
      if (!wanted.has(code)) {
        element.remove();
        this.#drawn.delete(code);
      }
    }
    const held = this.tree.contains(document.activeElement);
    let next = this.tree.firstElementChild;
    for (const at of [...wanted].map((code) => this.rows.at(code)).sort((a, b) => a - b)) {
      const element = this.#row(at, height);
      if (element === next) next = next.nextElementSibling;
      else this.tree.insertBefore(element, next); // in the order of the tree, for who listens to it
    }
    if (held && !this.tree.contains(document.activeElement)) this.#drawn.get(this.focused)?.focus({ preventScroll: true });
  }

  get #height() {
    return parseFloat(getComputedStyle(this.tree).getPropertyValue("--row")) || 30;
  }

  #later() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.draw());
  }

  #bring(at, middle) {
    const height = this.#height;
    this.tree.style.height = `${this.rows.list.length * height}px`;
    const [top, sight] = [at * height, this.place.clientHeight];
    const { scrollTop } = this.place;
    if (top >= scrollTop && top + height <= scrollTop + sight) return;
    if (middle) this.place.scrollTop = top - sight / 2;
    else this.place.scrollTop = top < scrollTop ? top : top + height - sight;
  }

  #row(at, height) {
    const row = this.rows.list[at];
    let element = this.#drawn.get(row.code);
    if (!element) {
      element = pattern.content.firstElementChild.cloneNode(true);
      element.dataset.code = row.code;
      this.#drawn.set(row.code, element);
    }
    element.style.top = `${at * height}px`;
    element.style.setProperty("--level", row.level - 1);
    this.#tell(element, row);
    return element;
  }

  #tell(element, { code, level, place, size }) {
    const node = this.forest.get(code);
    const facts = {
      "aria-level": level, "aria-posinset": place, "aria-setsize": size, "aria-selected": code === this.focused,
      "aria-expanded": node.children.length ? this.rows.isOpen(code) : null,
    };
    for (const [name, value] of Object.entries(facts)) {
      if (value === null) element.removeAttribute(name);
      else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
    }
    element.tabIndex = code === this.focused ? 0 : -1;
    const name = element.querySelector(".name");
    if (name.textContent !== node.name) name.textContent = node.name;
    element.classList.toggle("abstract", !node.assignable);
    element.dataset.state = node.state;
    this.dispatchEvent(new CustomEvent("draw", { detail: { element, node } }));
  }

  #clicked(event) {
    const element = event.target.closest("[role=treeitem]");
    if (!element) return;
    const { code } = element.dataset;
    this.focus(code);
    if (event.target.closest(".tw") && this.forest.get(code).children.length) this.toggle(code);
  }

  #entered({ target }) {
    const code = target.dataset?.code;
    if (code && code !== this.focused) this.focus(code);
  }
}
