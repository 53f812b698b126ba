/**
 * The person's open change set: edits go to the server one after the other, and come back in words.
 * @typedef {{number: number, op: string, values: object, words: string, author: string | null, removed: boolean}} Stored
 */
import { Offline, request, send } from "../server.js";
import { Pending, same } from "./pending.js";

const WAITS = [1000, 2000, 5000, 10_000, 30_000]; // milliseconds until the next try

/**
 * Tells "change" when edits came or went, "state" {saving | saved | failed | signed-out}, and what a person has to
 * decide: "clash" {edit, since} others touched the same, "refused" {edit, detail}, "closed" {edit, detail}.
 */
export class ChangeSet extends EventTarget {
  #sending = false;
  #held = false; // until the person has decided about the first pending edit
  #wake = () => {};

  /** @param {string} address of the change sets' API @param {{id: string, user: string, base: number | null}} about */
  constructor(address, { id, user, base }) {
    super();
    Object.assign(this, { address, user, base, id: Number(id) || null, revision: 0, title: "", state: "open" });
    /** @type {Stored[]} */
    this.stored = [];
    this.broken = new Map(); // number of an edit that can no longer be made -> why
    this.pending = new Pending(sessionStorage, `taxonomy-edits-${user}`);
    window.addEventListener("online", () => this.retry());
  }

  /** All edits in their order; those that the server has not stored yet have no number. */
  get edits() {
    return [...this.stored.filter(({ number }) => !this.broken.has(number)), ...this.pending.list];
  }

  /** Load the set, then send what an earlier page left. */
  async open() {
    if (this.id) await this.#reload();
    this.#changed();
    this.#work();
  }

  /** @param {string} op @param {object} values as docs/adr/0007 lists them */
  add(op, values) {
    this.pending.add({ op, values });
    this.#changed();
    this.#work();
  }

  /** Take one's own last edit back. @returns {Promise<object | null>} the edit, null where there is none */
  async undo() {
    const waiting = this.#sending ? null : this.pending.list.at(-1);
    if (waiting) return this.drop(waiting);
    const last = this.stored.filter(({ author }) => author === this.user).at(-1);
    if (!last) return null;
    await this.remove(last.number);
    return last;
  }

  /** Take an edit out of the set. */
  async remove(number) {
    const answer = await send("DELETE", `${this.address}${this.id}/edits/${number}/`);
    if (answer.ok) this.#take(await answer.json());
    else await this.#reload();
    this.#changed();
  }

  /** Forget an edit that was not stored. */
  drop(edit = this.pending.first) {
    const dropped = this.pending.drop(edit);
    this.#goOn();
    this.#changed();
    return dropped;
  }

  /** Send the held edit again, knowing what the others did. */
  apply() {
    this.#goOn();
  }

  retry() {
    this.#wake();
  }

  /** Ask what others did meanwhile. @returns {Promise<Stored[]>} */
  async look() {
    if (!this.id || this.#sending) return [];
    const answer = await request(`${this.address}${this.id}/edits/?since=${this.revision}`);
    if (!answer.ok) return [];
    const { revision, edits } = await answer.json();
    if (revision === this.revision) return [];
    await this.#reload();
    this.#changed();
    return edits.filter(({ author }) => author !== this.user);
  }

  #goOn() {
    this.#held = false;
    this.#work();
  }

  async #work() {
    if (this.#sending || this.#held || !this.pending.first) return;
    this.#sending = true;
    for (let tries = 0; this.pending.first && !this.#held; ) {
      this.#tell("state", "saving");
      const delivered = await this.#deliver(this.pending.first);
      if (delivered === true) tries = 0;
      else {
        this.#tell("state", delivered);
        await this.#pause(WAITS[Math.min(tries++, WAITS.length - 1)]);
      }
    }
    this.#sending = false;
    this.#tell("state", this.pending.first ? "held" : "saved");
  }

  /** @returns {Promise<true | string>} true when the server has decided, else why it could not */
  async #deliver(edit) {
    try {
      if (edit.seen !== undefined && (await this.#known(edit))) return this.#settled(edit);
      if (!this.id && !(await this.#begin())) return "failed";
      this.pending.sent(edit, this.revision);
      const body = { edits: [{ op: edit.op, values: edit.values }], seen: this.revision };
      const answer = await send("POST", `${this.address}${this.id}/edits/`, body);
      if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) return "signed-out";
      if (answer.status >= 500) return "failed";
      this.#decide(edit, answer.status, await answer.json());
      return true;
    } catch (error) {
      if (error instanceof Offline) return "failed";
      throw error;
    }
  }

  #decide(edit, status, content) {
    delete edit.seen; // the server has answered: it is stored, or it is not
    if (status === 201) {
      this.#merge([...content.since, ...content.edits], content.revision);
      this.#settled(edit);
    } else if (content.code === "outdated") {
      this.#held = true;
      this.#merge(content.since, content.revision);
      this.#changed();
      this.#tell("clash", { edit, since: content.since });
    } else if (content.code === "closed") {
      this.#held = true;
      this.#tell("closed", { edit, detail: content.detail });
    } else {
      this.pending.drop(edit);
      this.#changed();
      this.#tell("refused", { edit, detail: content.detail ?? JSON.stringify(content) });
    }
  }

  #settled(edit) {
    this.pending.drop(edit);
    this.#changed();
    return true;
  }

  /** Whether an edit whose answer was lost is in the set. */
  async #known(edit) {
    if (this.id) await this.#reload();
    return this.stored.some((one) => one.number > edit.seen && one.author === this.user && same(one, edit));
  }

  async #begin() {
    const answer = await send("POST", this.address, {});
    if (!answer.ok) return false;
    this.#take({ edits: [], ...(await answer.json()) });
    this.#tell("begun", {});
    return true;
  }

  async #reload() {
    const answer = await request(`${this.address}${this.id}/`);
    if (answer.ok) this.#take(await answer.json());
  }

  #take({ id, title, state, revision, base, edits, refused = [] }) {
    Object.assign(this, { id, title, state, revision, base, stored: edits.filter(({ removed }) => !removed) });
    this.broken = new Map(refused.map(({ number, detail }) => [number, detail]));
  }

  #merge(edits, revision) {
    const known = new Map(this.stored.map((edit) => [edit.number, edit]));
    for (const edit of edits) {
      if (edit.removed) known.delete(edit.number);
      else known.set(edit.number, edit);
    }
    this.stored = [...known.values()].sort((a, b) => a.number - b.number);
    this.revision = revision;
  }

  #pause(milliseconds) {
    return new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
