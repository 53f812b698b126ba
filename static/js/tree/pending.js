/** Edits that the server has not stored yet. They outlive the page: a reload or a lost network loses none. */

/** @typedef {{op: string, values: object, seen?: number}} Pending seen: the revision it was sent on, once it was */
export class Pending {
  /** @param {Storage} storage @param {string} key */
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
    /** @type {Pending[]} */
    this.list = JSON.parse(storage.getItem(key) ?? "[]");
  }

  get first() {
    return this.list[0];
  }

  add(edit) {
    this.list.push(edit);
    this.#keep();
  }

  /** Remember that an edit goes out on a revision of the set. @param {Pending} edit @param {number} revision */
  sent(edit, revision) {
    edit.seen ??= revision;
    this.#keep();
  }

  /** @returns {Pending | undefined} the one taken out */
  drop(edit = this.first) {
    const [dropped] = this.list.splice(this.list.indexOf(edit), 1);
    this.#keep();
    return dropped;
  }

  #keep() {
    if (this.list.length) this.storage.setItem(this.key, JSON.stringify(this.list));
    else this.storage.removeItem(this.key);
  }
}

/** Whether a stored edit is this one: an answer may get lost after the server has stored the edit. */
export function same(stored, { op, values }) {
  return stored.op === op && Object.entries(values).every(([name, value]) => equal(stored.values[name], value));
}

function equal(a, b) {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
