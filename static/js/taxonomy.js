/** The taxonomy in the browser: one file a version, kept by the browser's cache, searched where people type. */
import { RuleBook } from "./rules.js";

const KINDS = ["category", "content", "person", "program"]; // as taxonomy/versions.py counts them
const ACTIVE = 1; // draft, active, deprecated, merged
const [EXACT, BEGINNING, PINYIN, WORD, PART, TYPO] = [0, 1, 2, 3, 4, 5];
const WINDOW = 3; // letters that a misspelt name may have more than what was typed

/** Texts that differ in case, width or spaces only are the same. */
export function fold(text) {
  return text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
}

export class Taxonomy {
  #tags;
  #at = new Map(); // id -> place in the columns
  #children = new Map(); // id, or 0 for the top -> ids in the order of the tree
  #keys = []; // what is searched: {key, tag place, kind of key}
  #books = new Map();

  /** @param {string} url of a version's file */
  static async load(url) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`The taxonomy did not come: ${answer.status}`);
    return new Taxonomy(await answer.json());
  }

  /** @param {object} file as taxonomy/versions.py describes it */
  constructor(file) {
    this.#tags = file.tags;
    this.rules = file.rules.map(([id, kind, subject, others, line, weight]) => (
      { id, kind, subject, others, line: line || null, weight }
    ));
    this.lines = file.lines;
    file.tags.id.forEach((id, place) => this.#at.set(id, place));
    this.#plant();
    this.#index();
  }

  get size() {
    return this.#tags.id.length;
  }

  has(tag) {
    return this.#at.has(tag);
  }

  kind(tag) {
    return KINDS[this.#tags.kind[this.#at.get(tag)]];
  }

  /** Whether the tag may be given to a video. */
  assignable(tag) {
    return this.#usable(this.#at.get(tag));
  }

  /** The tag, or the one it was merged into. */
  resolve(tag) {
    for (let steps = 0; steps < 100; steps++) {
      const target = this.#tags.merged_into[this.#at.get(tag)];
      if (!target) return tag;
      tag = target;
    }
    return tag;
  }

  /** The name in a language, else the main one. */
  label(tag, language = document.documentElement.lang) {
    const place = this.#at.get(tag);
    if (place === undefined) return `#${tag}`;
    const short = language.split("-")[0];
    const named = this.#tags.names[place].find(([spoken, , preferred]) => preferred && spoken.split("-")[0] === short);
    return named ? named[1] : this.#tags.name[place];
  }

  /** The ancestors' ids, the root first. */
  path(tag) {
    const path = [];
    for (let above = this.#parent(tag); above; above = this.#parent(above)) path.unshift(above);
    return path;
  }

  /** The ancestors' names, the root first. */
  place(tag, language) {
    return this.path(tag).map((above) => this.label(above, language));
  }

  children(tag = 0) {
    return this.#children.get(tag) ?? [];
  }

  /** Tags with the same parent that may be given instead; of an open tag none. */
  siblings(tag) {
    const parent = this.#parent(tag);
    if (this.kind(tag) !== "category") return [];
    return this.children(parent).filter((other) => other !== tag && this.assignable(other));
  }

  /** The rules for a business line, compiled once. @param {string | null} line its slug */
  book(line = null) {
    if (!this.#books.has(line)) {
      this.#books.set(line, RuleBook.compile(this.#nodes(), this.rules, this.lines[line] ?? null));
    }
    return this.#books.get(line);
  }

  /**
   * The tags that answer best: whole names, beginnings, pinyin, words within, any part; where there are none, names
   * that differ by a typing error.
   * @returns {{id: number, matched: string}[]}
   */
  search(query, limit = 20, { assignable = true } = {}) {
    const wanted = fold(query);
    if (!wanted) return [];
    const solid = wanted.replaceAll(" ", "");
    const found = this.#best((entry) => rank(entry, wanted, solid), limit, assignable);
    const best = found.length || wanted.length < 4 ? found : this.#best((entry) => typo(entry, wanted), limit, assignable);
    return best.map(({ place, matched }) => ({ id: this.#tags.id[place], matched }));
  }

  /** The best entries of the best ranked tags, one a tag. Only as many ranks are sorted as are shown. */
  #best(ranked, limit, assignable) {
    const ranks = Array.from({ length: TYPO + 1 }, () => []);
    for (const entry of this.#keys) {
      const rank = ranked(entry);
      if (rank >= 0 && (!assignable || this.#usable(entry.place))) ranks[rank].push(entry);
    }
    const best = new Map();
    for (const entries of ranks) {
      if (best.size >= limit) break;
      entries.sort(byLength);
      for (const entry of entries) {
        if (best.size >= limit) break;
        if (!best.has(entry.place)) best.set(entry.place, entry);
      }
    }
    return [...best.values()];
  }

  #plant() {
    const { id, parent, position, kind } = this.#tags;
    const order = id.map((_, place) => place).sort((a, b) => position[a] - position[b] || a - b);
    for (const place of order) {
      if (parent[place] === 0 && kind[place] !== 0) continue;
      const siblings = this.#children.get(parent[place]);
      if (siblings) siblings.push(id[place]);
      else this.#children.set(parent[place], [id[place]]);
    }
  }

  #index() {
    this.#tags.names.forEach((names, place) => {
      if (this.#tags.state[place] !== ACTIVE) return;
      for (const [, text, , pinyin, initials] of names) {
        this.#keys.push({ key: fold(text), place, latin: false, matched: text });
        if (pinyin) this.#keys.push({ key: pinyin, place, latin: true, matched: text });
        if (initials) this.#keys.push({ key: initials, place, latin: true, short: true, matched: text });
      }
    });
  }

  #parent(tag) {
    return this.#tags.parent[this.#at.get(tag)] ?? 0;
  }

  #usable(place) {
    return Boolean(this.#tags.assignable[place]) && this.#tags.state[place] === ACTIVE;
  }

  *#nodes() {
    const { id, parent } = this.#tags;
    for (let place = 0; place < id.length; place++) {
      yield { id: id[place], parent: parent[place] || null, assignable: this.#usable(place) };
    }
  }
}

function byLength(a, b) {
  return a.key.length - b.key.length || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.place - b.place);
}

/** How well a key answers; -1 for not at all. */
function rank({ key, latin, short }, wanted, solid) {
  if (latin) {
    if (!key.startsWith(solid)) return !short && solid.length > 2 && key.includes(solid) ? PART : -1;
    return key === solid && !short ? EXACT : PINYIN;
  }
  const at = key.indexOf(wanted);
  if (at < 0) return -1;
  if (at === 0) return key.length === wanted.length ? EXACT : BEGINNING;
  return key.includes(` ${wanted}`) ? WORD : PART;
}

function typo({ key, short }, wanted) {
  const allowed = wanted.length < 8 ? 1 : 2;
  if (short || key.length < wanted.length - allowed) return -1;
  return distance(wanted, key.slice(0, wanted.length + WINDOW), allowed) <= allowed ? TYPO : -1;
}

/** The fewest typing errors (a letter too many, missing, wrong, or two swapped) from `typed` to a beginning of `name`. */
function distance(typed, name, allowed) {
  let before = null;
  let row = Array.from({ length: name.length + 1 }, (_, i) => i);
  for (let i = 1; i <= typed.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= name.length; j++) {
      const wrong = typed[i - 1] === name[j - 1] ? 0 : 1;
      let errors = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + wrong);
      if (before && typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1]) errors = Math.min(errors, before[j - 2] + 1);
      next[j] = errors;
      if (errors < least) least = errors;
    }
    if (least > allowed) return allowed + 1;
    [before, row] = [row, next];
  }
  return Math.min(...row);
}
