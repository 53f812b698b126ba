/** The clips that are this reviewer's for now. Each is asked for again every minute until it is sent. */
import { address, laterWhenOnline, post } from "./server.js";
import { clock, text } from "./strings.js";

const BEAT = 60_000;
const LOW = 60; // seconds left that are worth a warning

export class Leases {
  /** @type {Map<HTMLFormElement, number>} when each ends, on this machine's clock */
  #held = new Map();

  /**
   * @param {HTMLElement} place where the time left is shown
   * @param {(form: HTMLFormElement, message: string) => void} lost
   */
  constructor(place, lost) {
    this.place = place;
    this.lost = lost;
    setInterval(() => this.#beat(), BEAT);
    setInterval(() => this.show(), 1000);
  }

  /** @param {HTMLFormElement} form */
  hold(form) {
    const { leaseUntil, now } = form.dataset;
    const left = Date.parse(leaseUntil) - Date.parse(now); // the server's clock may differ from ours
    if (!this.#held.has(form)) this.#held.set(form, Date.now() + left);
  }

  /** @param {HTMLFormElement} form */
  release(form) {
    this.#held.delete(form);
  }

  /** @param {HTMLFormElement} form the clip on the screen */
  show(form = document.querySelector("#clip")) {
    const until = this.#held.get(form);
    const left = (until - Date.now()) / 1000;
    this.place.textContent = until ? `${text("lease")} ${clock(left)}` : "";
    this.place.classList.toggle("low", left < LOW);
  }

  #beat() {
    for (const form of this.#held.keys()) this.#ask(form).catch(laterWhenOnline);
  }

  async #ask(form) {
    const answer = await post(`${address(form)}heartbeat/`, new URLSearchParams({ token: form.elements.token.value }));
    if (!this.#held.has(form)) return;
    const content = answer.status === 200 || answer.status === 409 ? await answer.json() : {};
    if (answer.status === 200) {
      const now = Date.parse(answer.headers.get("Date") ?? "") || Date.now();
      this.#held.set(form, Date.now() + Date.parse(content.lease_until) - now);
    } else if (answer.status === 409) {
      this.release(form);
      this.lost(form, content.message);
    }
  }
}
