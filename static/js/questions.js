/** Questions of one who types: one at a time, and only what is still wanted is answered. */
import { request } from "./server.js";

export class Questions {
  #asked = null;

  /** @param {number} wait milliseconds without a key before the server is asked */
  constructor(wait) {
    this.wait = wait;
  }

  /** A newer question ends this one. @returns {Promise<object | null>} null: not wanted any more, or refused. Raises Offline. */
  async ask(url) {
    this.drop();
    const { signal } = (this.#asked = new AbortController());
    try {
      await new Promise((done) => setTimeout(done, this.wait));
      signal.throwIfAborted();
      const answer = await request(url, { signal, headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : null;
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    }
  }

  /** What was asked is not wanted any more. */
  drop() {
    this.#asked?.abort();
  }
}
