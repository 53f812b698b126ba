/** What an editor does with the tag in focus. Each command becomes one edit of the change set. */
import { pick } from "../picker.js";
import { announce, sentence, text } from "../strings.js";
import { NamesDialog, TargetDialog } from "./dialogs.js";

/**
 * @typedef {{code: string, id: number | null, name: string, kind: string, state: string, assignable: boolean}} Current
 */
export class Commands {
  #cut = null; // code of the tag that waits to be put elsewhere
  #names = new NamesDialog();

  /** @param {object} page with view, set, current, tagOf and namesOf @param {TargetDialog} targets */
  constructor(page, targets) {
    this.page = page;
    this.targets = targets;
  }

  get #view() {
    return this.page.view;
  }

  get #forest() {
    return this.#view.forest;
  }

  /** @param {string} name as in data-do */
  run(name) {
    const tag = this.page.current;
    if (name === "create" && !tag) return this.#create(null, undefined, text("top"));
    if (!tag) return announce(text("noTag"));
    if (tag.state === "merged" && name !== "sibling") return announce(sentence("isMerged", { tag: tag.name }));
    return this[name](tag);
  }

  create(tag) {
    return tag.kind === "category" ? this.#create(tag.code, undefined, tag.name) : this.#create(null, undefined, text("top"));
  }

  sibling(tag) {
    const node = this.#forest.get(tag.code);
    if (!node) return this.#create(null, undefined, text("top"));
    return this.#create(node.parent, tag.code, this.#forest.get(node.parent)?.name ?? text("top"));
  }

  async #create(parent, after, where, start) {
    const taken = (code) => Boolean(this.#forest.get(code)) || this.#forest.touched.has(code);
    const made = await this.#names.create({ where, taken, start });
    if (!made) return this.#rest();
    const placed = made.kind === "category" ? { parent, ...(after === undefined ? {} : { after }) } : {};
    this.page.edit("create", { ...made, ...placed }, made.name);
    if (made.kind === "category") this.#view.reveal(made.code);
  }

  async rename(tag, start) {
    const known = start ?? this.#forest.renamed.get(tag.code);
    const told = known?.names ? Promise.resolve(known) : this.page.namesOf(tag);
    const shown = known?.name ?? tag.name;
    const said = await this.#names.rename(shown, told);
    if (said?.name && (said.names || said.name !== shown)) this.page.edit("rename", { tag: tag.code, ...said }, said.name);
    this.#rest();
  }

  async move(tag) {
    if (tag.kind !== "category") return announce(text("notInTree"));
    const to = await this.targets.ask("move", tag.name);
    if (to) this.place(tag.code, to.codes[0] ?? null);
    this.#rest();
  }

  async merge(tag) {
    const to = await this.targets.ask("merge", tag.name);
    if (to) this.page.edit("merge", { tag: tag.code, into: to.codes[0] }, tag.name);
    this.#rest();
  }

  async split(tag) {
    const to = await this.targets.ask("split", tag.name);
    if (to) this.page.edit("split", { tag: tag.code, into: to.codes, default: to.rest || null }, tag.name);
    this.#rest();
  }

  async relations(tag) {
    const to = await this.targets.ask("relation", tag.name);
    if (to) this.page.edit("relation_add", { tag: tag.code, kind: to.kind, to: to.codes[0] }, tag.name);
    this.#rest();
  }

  async state(tag) {
    const states = ["deprecated", "active", "draft"].filter((state) => state !== tag.state);
    const labels = states.map((value) => ({ value, label: text(`make${value[0].toUpperCase()}${value.slice(1)}`) }));
    const chosen = await pick(sentence("stateTitle", { tag: tag.name }), labels);
    if (chosen) this.page.edit("state", { tag: tag.code, state: chosen.value }, tag.name);
    this.#rest();
  }

  assignable(tag) {
    this.page.edit("assignable", { tag: tag.code, value: !tag.assignable }, tag.name);
  }

  /** All of it as a list to choose from. */
  async all() {
    const buttons = [...document.querySelectorAll("#tools [data-do]")];
    const options = buttons.map((button) => ({ value: button.dataset.do, label: button.textContent }));
    const chosen = await pick(this.page.current?.name ?? text("top"), options);
    if (chosen) this.run(chosen.value);
    else this.#rest();
  }

  /** Stand a tag below another one. @param {string | null} parent @param {string | null} [after] null: first */
  place(code, parent, after) {
    const node = this.#forest.get(code);
    if (!node) return;
    if (parent !== null && this.#forest.within(parent, code)) return announce(text("belowItself"));
    if (after === code || (parent === node.parent && after !== undefined && after === this.#forest.before(code))) return;
    this.page.edit("move", { tag: code, parent, ...(after === undefined ? {} : { after }) }, node.name);
    const where = this.#forest.get(parent)?.name ?? text("top");
    announce(sentence("movedTo", { tag: node.name, parent: where }));
    this.#view.reveal(code);
  }

  /** Move among the siblings. @param {number} by -1 or 1 */
  shift(by) {
    const node = this.#forest.get(this.#view.focused);
    const siblings = this.#forest.siblings(node.parent);
    const at = siblings.indexOf(node.code) + by;
    if (at < 0 || at >= siblings.length) return;
    this.place(node.code, node.parent, by > 0 ? siblings[at] : siblings[at - 1] ?? null);
  }

  /** One level up, behind the former parent. */
  outdent() {
    const node = this.#forest.get(this.#view.focused);
    if (node.parent !== null) this.place(node.code, this.#forest.get(node.parent).parent, node.parent);
  }

  /** Below the sibling that stands before it. */
  indent() {
    const { code } = this.#forest.get(this.#view.focused);
    const before = this.#forest.before(code);
    if (before !== null) this.place(code, before);
  }

  cut() {
    this.#cut = this.#view.focused;
    announce(sentence("cut", { tag: this.#forest.get(this.#cut).name }));
    this.#view.draw();
  }

  isCut(code) {
    return code === this.#cut;
  }

  paste() {
    if (this.#cut) this.place(this.#cut, this.#view.focused);
    this.#cut = null;
    this.#view.draw();
  }

  /** Write an edit again that was refused. */
  again({ op, values }) {
    if (op === "create") return this.#create(values.parent ?? null, values.after, text("top"), values);
    const tag = this.#forest.get(values.tag) ?? this.page.current;
    if (!tag) return undefined;
    return op === "rename" ? this.rename(tag, values) : this[{ relation_add: "relations" }[op] ?? op]?.(tag);
  }

  #rest() {
    this.#view.element(this.#view.focused)?.focus({ preventScroll: true });
  }
}

/** The keys of the tree for editors. @param {import("./tree_view.js").TreeView} view @param {Commands} commands */
export function bind(view, commands) {
  const plain = { Insert: "create", "+": "create", F2: "rename", Delete: "state", ".": "all" };
  const moved = { ArrowUp: () => commands.shift(-1), ArrowDown: () => commands.shift(1), ArrowLeft: () => commands.outdent(), ArrowRight: () => commands.indent() };
  const held = { x: () => commands.cut(), v: () => commands.paste() };
  view.tree.addEventListener("keydown", (event) => {
    if (event.isComposing || view.focused === null) return;
    const { key, altKey, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    let act;
    if (altKey && !control) act = moved[key];
    else if (control && !altKey) act = held[key.toLowerCase()];
    else if (shiftKey && key === "Enter") act = () => commands.run("sibling");
    else if (plain[key] === "all") act = () => commands.all();
    else if (plain[key] && !(shiftKey && key !== "+")) act = () => commands.run(plain[key]);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}
