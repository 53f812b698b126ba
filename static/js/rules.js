/**
 * What may stand together, in the browser: the twin of taxonomy/rules.py, where the meaning of each rule is written.
 * tests/taxonomy/rule_vectors.json binds the two together. The server checks every set again.
 *
 * @typedef {{id: number, parent: number | null, assignable: boolean}} Node
 * @typedef {{id: number, kind: string, subject: number, others: number[], line: number | null}} Rule
 * @typedef {{remove: number[], add: number[]}} Repair
 * @typedef {{reason: string, rule: Rule | null, tags: number[], repairs: Repair[]}} Conflict
 */

const NONE = [];

export class RuleBook {
  #parent = new Map();
  #assignable = new Set();
  #bySubject = new Map();
  #byOther = new Map();
  #needed = new Map();

  /**
   * The global rules and those of business line `line`.
   * @param {Iterable<Node>} nodes
   * @param {Iterable<Rule>} rules
   */
  static compile(nodes, rules, line = null) {
    const book = new RuleBook();
    for (const { id, parent, assignable } of nodes) {
      book.#parent.set(id, parent);
      if (assignable) book.#assignable.add(id);
    }
    const ours = [...rules].filter((rule) => rule.line === null || rule.line === line).sort((a, b) => a.id - b.id);
    for (const rule of ours) {
      append(book.#bySubject, rule.subject, rule);
      for (const other of new Set(rule.others)) append(book.#byOther, other, rule);
    }
    return book;
  }

  has(tag) {
    return this.#parent.has(tag);
  }

  assignable(tag) {
    return this.#assignable.has(tag);
  }

  /** The tag and its ancestors, the root last. */
  path(tag) {
    const path = [];
    for (let node = tag; node !== null && node !== undefined; node = this.#parent.get(node)) path.push(node);
    return path;
  }

  /** The rules that name the tag or one of its ancestors, by id. */
  rulesAbout(tag) {
    const found = new Set();
    for (const node of this.path(tag)) {
      for (const rule of this.#bySubject.get(node) ?? NONE) found.add(rule);
      for (const rule of this.#byOther.get(node) ?? NONE) found.add(rule);
    }
    return [...found].sort((a, b) => a.id - b.id);
  }

  /**
   * What is wrong with the set, each with its repairs; empty means it may be stored.
   * @param {Iterable<number>} tags
   * @returns {Conflict[]}
   */
  conflicts(tags) {
    const set = new Set(tags);
    return this.#breaches(set).map(({ reason, rule, groups }) => ({
      reason,
      rule,
      tags: ordered(new Set(groups.flat())),
      repairs: this.#repairs(set, reason, rule, groups),
    }));
  }

  #breaches(set) {
    const breaches = [];
    for (const tag of ordered(set)) {
      if (!this.has(tag)) breaches.push({ reason: "unknown", rule: null, groups: [[tag]] });
      else if (!this.assignable(tag)) breaches.push({ reason: "not_assignable", rule: null, groups: [[tag]] });
    }
    const present = this.#present(set);
    const rules = [...present.keys()].flatMap((node) => this.#bySubject.get(node) ?? NONE);
    for (const rule of rules.sort((a, b) => a.id - b.id)) {
      if (rule.kind === "excludes") {
        for (const other of new Set(rule.others)) {
          const sides = this.#sides(present, rule.subject, other);
          if (sides.every((side) => side.length)) breaches.push({ reason: "excludes", rule, groups: sides });
        }
      } else if (rule.kind === "at_most_one_child") {
        const children = ordered(present.keys()).filter((node) => this.#parent.get(node) === rule.subject);
        const groups = children.map((child) => present.get(child));
        if (groups.length > 1) breaches.push({ reason: "at_most_one_child", rule, groups });
      } else if (rule.kind === "requires" && !meets(rule, present)) {
        breaches.push({ reason: "requires", rule, groups: [present.get(rule.subject)] });
      }
    }
    return breaches;
  }

  /** Each node that the set makes present, with the tags of the set in its branch, sorted. */
  #present(set) {
    const present = new Map();
    for (const tag of ordered(set)) {
      if (this.has(tag)) for (const node of this.path(tag)) append(present, node, tag);
    }
    return present;
  }

  /** The tags of the two branches that may not stand together: a nested branch against the rest of the outer one. */
  #sides(present, first, second) {
    const left = present.get(first) ?? NONE;
    const right = present.get(second) ?? NONE;
    if (!left.length || !right.length || first === second) return [[], []];
    if (this.path(second).includes(first)) return [apart(left, right, this.path(second)), right];
    if (this.path(first).includes(second)) return [left, apart(right, left, this.path(first))];
    return [left, right];
  }

  #repairs(set, reason, rule, groups) {
    if (reason === "requires") {
      const added = [...new Set(rule.others)].filter((other) => this.#fits(set, other));
      return [...added.map((tag) => ({ remove: [], add: [tag] })), this.#removal(set, groups[0])];
    }
    if (groups.length === 1) return [this.#removal(set, groups[0])];
    const involved = ordered(new Set(groups.flat()));
    const repairs = new Map();
    for (const group of groups) {
      const repair = this.#removal(set, involved.filter((tag) => !group.includes(tag)));
      repairs.set(repair.remove.join(), repair);
    }
    return [...repairs.values()].sort((a, b) => compare(a.remove, b.remove));
  }

  /** Whether the tag may be added without a new conflict. */
  #fits(set, tag) {
    if (!this.assignable(tag)) return false;
    const grown = new Set(set).add(tag);
    return !this.#breaches(grown).some(({ groups }) => groups.flat().includes(tag));
  }

  /** A repair that removes the tags and all that would then lack what they require. */
  #removal(set, tags) {
    const gone = new Set(tags);
    const present = this.#present(set);
    const met = new Map();
    for (const tag of set) met.set(tag, this.has(tag) ? this.#needs(tag).filter((rule) => meets(rule, present)) : NONE);
    for (let before = -1; before !== gone.size; ) {
      before = gone.size;
      const left = this.#present([...set].filter((tag) => !gone.has(tag)));
      for (const [tag, rules] of met) if (!rules.every((rule) => meets(rule, left))) gone.add(tag);
    }
    return { remove: ordered(gone), add: [] };
  }

  /** The requirements that a tag does not meet by itself. */
  #needs(tag) {
    let needs = this.#needed.get(tag);
    if (!needs) {
      const path = this.path(tag);
      const rules = path.flatMap((node) => this.#bySubject.get(node) ?? NONE);
      needs = rules.filter((rule) => rule.kind === "requires" && !rule.others.some((other) => path.includes(other)));
      this.#needed.set(tag, needs);
    }
    return needs;
  }
}

function append(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function ordered(numbers) {
  return [...numbers].sort((a, b) => a - b);
}

function apart(outer, inner, path) {
  return outer.filter((tag) => !inner.includes(tag) && !path.includes(tag));
}

function meets(rule, present) {
  return rule.others.some((other) => present.has(other));
}

/** Shorter lists first, then by their numbers. */
function compare(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  const i = a.findIndex((value, k) => value !== b[k]);
  return i < 0 ? 0 : a[i] - b[i];
}
