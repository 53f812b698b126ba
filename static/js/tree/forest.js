/**
 * The categories as one version has them, and as the edits of a change set leave them. Knows no page.
 * taxonomy/drafting/draft.py decides the same on the server; tests/taxonomy/test_forest_js.py binds the two together.
 * @typedef {{id: number | null, code: string, name: string, parent: string | null, children: string[], state: string,
 *   assignable: boolean, kind: string, marks: Set<string> | null, into: string | null}} Node
 * @typedef {{number: number, op: string, values: object}} Edit
 */
const STATES = ["draft", "active", "deprecated", "merged"]; // as taxonomy/versions.py counts them

export class Forest {
  #nodes = new Map(); // code -> node
  #codes = new Map(); // id -> code
  roots = [];
  touched = new Map(); // code of any tag, open ones too -> its marks
  renamed = new Map(); // code -> {name, names} as an edit says them

  /** @param {object} file as taxonomy/tree_file.py describes it @param {string} language of the reader */
  constructor(file, language = "en") {
    this.language = language.split("-")[0];
    const { id, code, name, parent, state, assignable } = file;
    for (let at = 0; at < id.length; at++) {
      const above = parent[at] < 0 ? null : code[parent[at]];
      this.#plant({
        id: id[at], code: code[at], name: name[at], parent: above, children: [], state: STATES[state[at]],
        assignable: Boolean(assignable[at]), kind: "category", marks: null, into: null,
      });
      this.siblings(above).push(code[at]);
    }
  }

  #plant(node) {
    this.#nodes.set(node.code, node);
    if (node.id !== null) this.#codes.set(node.id, node.code);
  }

  get size() {
    return this.#nodes.size;
  }

  /** @returns {Node | undefined} */
  get(code) {
    return this.#nodes.get(code);
  }

  /** @returns {Node | undefined} */
  of(id) {
    return this.#nodes.get(this.#codes.get(id));
  }

  /** The first nodes, in no order, that pass. @param {(node: Node) => boolean} passes @param {number} limit */
  find(passes, limit) {
    const found = [];
    for (const node of this.#nodes.values()) {
      if (found.length >= limit) break;
      if (passes(node)) found.push(node);
    }
    return found;
  }

  /** The codes below a tag, or the roots: the list itself, in its order. */
  siblings(parent) {
    return parent === null ? this.roots : this.#nodes.get(parent).children;
  }

  /** The nodes above, the root first. */
  path(code) {
    const path = [];
    for (let above = this.get(code)?.parent; above; above = this.get(above).parent) path.unshift(this.get(above));
    return path;
  }

  /** Whether `code` is `branch` or stands below it. */
  within(code, branch) {
    return code === branch || this.path(code).some((node) => node.code === branch);
  }

  /** How many levels a branch has. */
  height(code) {
    return 1 + Math.max(0, ...this.get(code).children.map((child) => this.height(child)));
  }

  /** The sibling that stands before a tag, or null. */
  before(code) {
    const siblings = this.siblings(this.get(code).parent);
    return siblings[siblings.indexOf(code) - 1] ?? null;
  }

  /** The sum of a number over each branch. @param {(node: Node) => number} number @returns {Map<string, number>} */
  sums(number) {
    const sums = new Map();
    const add = (code) => {
      const node = this.get(code);
      const sum = node.children.reduce((total, child) => total + add(child), number(node));
      sums.set(code, sum);
      return sum;
    };
    this.roots.forEach(add);
    return sums;
  }

  /** Change the trees as an edit says. Edits of what the trees do not show leave a mark only. @param {Edit} edit */
  apply({ op, values }) {
    this[`_${op}`]?.(values);
    for (const code of named(op, values)) this.#mark(code, MARKS[op] ?? op);
  }

  #mark(code, mark) {
    if (!this.touched.has(code)) this.touched.set(code, new Set());
    const marks = this.touched.get(code);
    if (mark) marks.add(mark);
    const node = this.get(code);
    if (node) node.marks = marks;
  }

  _create({ code, name, names, kind = "category", parent = null, after, assignable = true, state = "active" }) {
    this.renamed.set(code, { name, names });
    if (kind !== "category" || this.get(code)) return;
    this.#plant({
      id: null, code, name: this.#shown(name, names), parent, children: [], state, assignable, kind, marks: null, into: null,
    });
    this.#insert(code, parent, after);
  }

  _delete({ tag }) {
    const node = this.get(tag);
    if (!node) return;
    this.#uproot(node);
    this.#nodes.delete(tag);
    this.#codes.delete(node.id);
  }

  _rename({ tag, name, names }) {
    this.renamed.set(tag, { name, names });
    const node = this.get(tag);
    if (node) node.name = this.#shown(name, names);
  }

  _move({ tag, parent, after }) {
    const node = this.get(tag);
    if (!node || (parent !== null && !this.get(parent))) return;
    this.#uproot(node);
    this.#insert(tag, parent, after);
  }

  _merge({ tag, into }) {
    const node = this.get(tag);
    if (!node || !this.get(into)) return this.#end(node, "merged", into);
    for (const child of [...node.children]) this._move({ tag: child, parent: into });
    this.#end(node, "merged", into);
  }

  _unmerge({ tag, state, children = [] }) {
    for (const child of children) this._move({ tag: child, parent: tag });
    this.#end(this.get(tag), state, null);
  }

  _split({ tag, default: into = null }) {
    this.#end(this.get(tag), into === null ? "deprecated" : "merged", into);
  }

  _unsplit({ tag, state }) {
    this.#end(this.get(tag), state, null);
  }

  #end(node, state, into) {
    if (node) Object.assign(node, { state, into });
  }

  _state({ tag, state }) {
    const node = this.get(tag);
    if (node) node.state = state;
  }

  _assignable({ tag, value }) {
    const node = this.get(tag);
    if (node) node.assignable = value;
  }

  #uproot(node) {
    const siblings = this.siblings(node.parent);
    siblings.splice(siblings.indexOf(node.code), 1);
  }

  /** Behind a sibling; first for null; last where none is named or the named one is not there. */
  #insert(code, parent, after) {
    const siblings = this.siblings(parent);
    const at = after === null ? 0 : siblings.indexOf(after) + 1 || siblings.length;
    siblings.splice(at, 0, code);
    this.get(code).parent = parent;
  }

  /** The preferred name in the reader's language, else the main one. */
  #shown(name, names) {
    const own = (names ?? []).find(([spoken, , preferred]) => preferred && spoken.split("-")[0] === this.language);
    return own ? own[1] : name;
  }
}

const MARKS = {
  create: "new", rename: "renamed", move: "moved", merge: "merged", unmerge: "state", unsplit: "state",
  rule_add: "rules", rule_change: "rules", rule_remove: "rules", relation_add: "relations", relation_remove: "relations",
};

/** The codes of the tags that an edit is about. */
export function named(op, values) {
  const about = op === "create" ? values.code : values.tag ?? values.subject;
  return about ? [about] : [];
}
