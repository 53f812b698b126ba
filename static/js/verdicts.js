/**
 * What the reviewer says of each tag. The inputs of the form hold it; this reads and sets them and can take a step back.
 * @typedef {"" | "accept" | "reject" | "replace"} Choice
 * @typedef {{choice: Choice, reason: string, replacement: string, name: string, span: string}} Said
 */
import { inputOf } from "./spans.js";

const pattern = document.getElementById("added-pattern");
const NEXT = { "": "reject", accept: "reject", reject: "accept", replace: "accept" };

export class Verdicts {
  #past = [];
  #now;
  /** Changes so far, steps back included. */
  edits = 0;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.#now = this.#snapshot();
    form.addEventListener("change", (event) => {
      if (["add_name", "confirm"].includes(event.target.name)) return; // no verdict
      this.edits += 1;
      this.#past.push(this.#now);
      this.#now = this.#snapshot();
    });
  }

  /** Whether there is work that is not sent yet. */
  get touched() {
    return this.#past.length > 0;
  }

  /** @returns {HTMLElement[]} one row a tag, proposed ones first */
  get rows() {
    return [...this.form.querySelectorAll(".tag")];
  }

  /** @returns {HTMLElement | undefined} */
  row(tag) {
    return this.rows.find((row) => Number(row.dataset.tag) === tag);
  }

  /** @returns {Choice | "add" | "none"} */
  choice(row) {
    const box = row.querySelector("[name=add]");
    if (box) return box.checked ? "add" : "none";
    return row.querySelector("[name^=verdict-]:checked").value;
  }

  /** Undecided or accepted becomes rejected; rejected or replaced becomes accepted; an added tag comes and goes. */
  toggle(row) {
    const box = row.querySelector("[name=add]");
    if (box) box.checked = !box.checked;
    else this.#put(row, { choice: NEXT[this.choice(row)] });
    this.#changed();
  }

  /** @param {HTMLElement} row of a proposed tag @param {Partial<Said> & {choice: Choice}} said */
  say(row, said) {
    this.#put(row, said);
    this.#changed();
  }

  /** @param {number} tag @param {string} name @param {string} path @returns {HTMLElement} its row */
  add(tag, name, path) {
    this.#include(tag, name, path);
    this.#changed();
    return this.row(tag);
  }

  /**
   * Take tags out and put others in, in one step.
   * @param {number[]} remove
   * @param {{id: number, name: string, path: string}[]} add
   */
  mend(remove, add) {
    for (const row of this.rows) this.#without(row, remove);
    for (const { id, name, path } of add) this.#include(id, name, path);
    this.#changed();
  }

  /** One step back. @returns {boolean} whether there was one */
  undo() {
    const before = this.#past.pop();
    if (!before) return false;
    this.edits += 1;
    for (const [row, said] of before) this.#restore(row, said);
    for (const row of this.rows.filter((row) => !before.has(row))) row.querySelector("[name=add]").checked = false;
    this.#now = before;
    this.form.dispatchEvent(new Event("restored", { bubbles: true }));
    return true;
  }

  /** @returns {number[]} the tags the clip would have if it were sent now */
  chosen() {
    const tags = this.rows.map((row) => {
      const choice = this.choice(row);
      if (choice === "reject" || choice === "none") return 0;
      return Number(choice === "replace" ? row.querySelector("[name^=replacement-]").value : row.dataset.tag);
    });
    return [...new Set(tags.filter(Boolean))];
  }

  #include(tag, name, path) {
    const row = this.row(tag) ?? this.#append(tag, name, path);
    const box = row.querySelector("[name=add]");
    if (box) box.checked = true;
    else this.#put(row, { choice: "accept" });
  }

  #append(tag, name, path) {
    const row = pattern.content.firstElementChild.cloneNode(true);
    row.dataset.tag = String(tag);
    row.querySelector(".name").textContent = name;
    row.querySelector(".path").textContent = path;
    row.querySelector("[name=add]").value = String(tag);
    inputOf(row).name = `span-${tag}`;
    this.form.querySelector(".tags").append(row);
    return row;
  }

  /** A tag leaves: a proposed one is rejected as against a rule, a replacement or an addition is taken back. */
  #without(row, tags) {
    const choice = this.choice(row);
    if (choice === "add" && tags.includes(Number(row.dataset.tag))) row.querySelector("[name=add]").checked = false;
    if (choice === "replace" && tags.includes(Number(row.querySelector("[name^=replacement-]").value)))
      this.#put(row, { choice: "reject" });
    if ((choice === "" || choice === "accept") && tags.includes(Number(row.dataset.tag)))
      this.#put(row, { choice: "reject", reason: "rule" });
  }

  #put(row, { choice, reason = "", replacement = "", name = "" }) {
    const radio = row.querySelector(`[name^=verdict-][value="${choice}"]`);
    row.querySelector("[name^=verdict-][value=replace]").disabled = choice !== "replace";
    radio.checked = true;
    row.querySelector("[name^=reason-]").value = reason;
    row.querySelector("[name^=replacement-]").value = replacement;
    row.querySelector(".replaced b").textContent = name;
  }

  #changed() {
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @returns {Map<HTMLElement, Said | {checked: boolean, span: string}>} */
  #snapshot() {
    return new Map(this.rows.map((row) => [row, this.#said(row)]));
  }

  #said(row) {
    const box = row.querySelector("[name=add]");
    const span = inputOf(row).value;
    if (box) return { checked: box.checked, span };
    return {
      span,
      choice: this.choice(row),
      reason: row.querySelector("[name^=reason-]").value,
      replacement: row.querySelector("[name^=replacement-]").value,
      name: row.querySelector(".replaced b").textContent,
    };
  }

  #restore(row, said) {
    inputOf(row).value = said.span;
    if ("checked" in said) row.querySelector("[name=add]").checked = said.checked;
    else this.#put(row, said);
  }
}
