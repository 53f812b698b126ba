/** The window in which a reviewer comments on the clip on the screen, or asks about it. */
import { address, Offline, request } from "./server.js";
import { announce, text } from "./strings.js";

const PART = { "HX-Request": "true" }; // the thread alone, without its page

export class Talk {
  /** @param {HTMLDialogElement} window @param {() => void} left when it was closed */
  constructor(window, left) {
    this.window = window;
    this.place = window.querySelector(".thread-place");
    window.addEventListener("close", left);
    window.addEventListener("submit", (event) => this.#submitted(event));
  }

  /** @param {HTMLFormElement} clip the one on the screen */
  async open(clip) {
    if (await this.#show(`/videos/${clip.dataset.video}/comments/?line=${clip.dataset.line}`, {})) {
      this.window.showModal();
      this.place.querySelector("textarea")?.focus();
    }
  }

  #submitted(event) {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    const headers = { "X-CSRFToken": event.target.elements.csrfmiddlewaretoken.value };
    const body = new URLSearchParams(new FormData(event.target, event.submitter));
    this.#show(address(event.target), { method: "POST", body, headers });
  }

  /** @returns {Promise<boolean>} whether the thread is there */
  async #show(url, { headers, ...options }) {
    try {
      const answer = await request(url, { ...options, headers: { ...headers, ...PART } });
      if (!answer.ok) throw new Offline(String(answer.status));
      this.place.innerHTML = await answer.text();
      return true;
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      announce(text("offline"));
      return false;
    }
  }
}
