/** Clips that wait out of sight until the one on the screen is sent: drawn, with picture and sound being loaded. */
import { clipFrom, request } from "./server.js";

export class NextClips {
  /** @type {HTMLFormElement[]} */
  #waiting = [];
  #fetching = null;

  /** @param {HTMLElement} parking @param {string} source the address that claims one more */
  constructor(parking, source) {
    this.parking = parking;
    this.source = source;
  }

  /** @returns {HTMLFormElement[]} */
  get waiting() {
    return [...this.#waiting];
  }

  /** Put a clip in front of the others: it was on the screen and comes again. */
  park(form) {
    this.#waiting.unshift(form);
    this.parking.append(form);
  }

  /** @returns {HTMLFormElement | undefined} */
  take() {
    return this.#waiting.shift();
  }

  remove(form) {
    this.#waiting = this.#waiting.filter((other) => other !== form);
    form.remove();
  }

  /** Take in a clip that the answer to a review brought. @param {string} html */
  bring(html) {
    const form = clipFrom(html);
    if (this.#waiting.some((other) => other.dataset.task === form.dataset.task)) return;
    this.#waiting.push(form);
    this.parking.append(form);
  }

  /**
   * See to it that one clip waits. Called again while under way, it is the same fetch.
   * @param {string} line
   * @param {string[]} taken tasks that are on the screen or on their way
   * @returns {Promise<boolean>} whether one waits; throws Offline
   */
  fill(line, taken) {
    if (this.#waiting.length) return Promise.resolve(true);
    this.#fetching ??= this.#fetch(line, taken).finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetch(line, taken) {
    const query = new URLSearchParams([["line", line], ...taken.map((task) => ["not", task])]);
    const answer = await request(`${this.source}?${query}`, { headers: { Accept: "text/html" } });
    if (answer.status !== 200) return false;
    this.bring(await answer.text());
    return true;
  }
}
