/**
 * Reviews on their way to the server, one after the other. What the network loses is sent again with the same
 * operation id, so it is stored once; what the server refuses comes back as the form it was.
 * A parcel may bring the next clip back; `taken` tells, when it leaves, which tasks that must not be.
 * @typedef {{form: HTMLFormElement, url: string, body: URLSearchParams, taken?: () => string[]}} Parcel
 */
import { Offline, post } from "./server.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

export class Outbox extends EventTarget {
  /** @type {Parcel[]} */
  #parcels = [];
  #sending = false;
  failing = false; // whether the last try got no answer
  #wake = () => {};
  #waiting = [];
  #trying = [];

  constructor() {
    super();
    window.addEventListener("online", () => this.retry());
  }

  /** @returns {Parcel[]} */
  get parcels() {
    return [...this.#parcels];
  }

  /** @param {Parcel} parcel */
  send(parcel) {
    this.#parcels.push(parcel);
    if (!this.#sending) this.#work();
  }

  /** Do not wait for the next try. */
  retry() {
    this.#wake();
  }

  /** Whether a clip is on its way back. While the server cannot be reached, nothing is. */
  get bringing() {
    return !this.failing && this.#parcels.some((parcel) => parcel.taken);
  }

  /** When the next parcel has been answered, or could not be delivered. */
  tried() {
    return new Promise((done) => this.#trying.push(done));
  }

  /** When everything has been answered. */
  drained() {
    return this.#parcels.length ? new Promise((done) => this.#waiting.push(done)) : Promise.resolve();
  }

  async #work() {
    this.#sending = true;
    while (this.#parcels.length) {
      this.#tell("state", "saving");
      const answer = await this.#delivered(this.#parcels[0]);
      this.#settle(this.#parcels.shift(), answer);
      this.#told();
    }
    this.#sending = false;
    for (const done of this.#waiting.splice(0)) done();
  }

  #settle(parcel, { status, content }) {
    if (status === 200) {
      this.#tell("stored", { parcel, content });
      this.#tell("state", "saved");
    } else {
      this.#tell("state", "idle");
      this.#tell("refused", { parcel, status, content });
    }
  }

  /** Try until the server answers yes or no. */
  async #delivered(parcel) {
    for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const answer = await this.#attempt(parcel.url, filled(parcel));
      this.failing = !answer.content;
      if (answer.content) return answer;
      this.#tell("state", answer.signedOut ? "signed-out" : "failed");
      this.#told();
      await this.#pause(wait);
    }
  }

  async #attempt(url, body) {
    try {
      const answer = await post(url, body);
      const decided = [200, 404, 409, 422].includes(answer.status);
      const content = decided ? await answer.json().catch(() => ({})) : null;
      return { status: answer.status, content, signedOut: answer.type === "opaqueredirect" || answer.status === 403 };
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      return { status: 0, content: null, signedOut: false };
    }
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

  #told() {
    for (const done of this.#trying.splice(0)) done();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** What is sent: with the question for the next clip, as things stand now. @param {Parcel} parcel */
function filled({ body, taken }) {
  if (!taken) return body;
  return new URLSearchParams([...body, ["next", "1"], ...taken().map((task) => ["not", task])]);
}
