/** Says in the foot whether everything is saved. A click on a failure tries again at once. */
import { announce, clock, text } from "./strings.js";

export class SavedSign {
  #since = 0;

  /** @param {HTMLElement} place @param {import("./outbox.js").Outbox} outbox */
  constructor(place, outbox) {
    this.place = place;
    outbox.addEventListener("state", ({ detail }) => this.#show(detail));
    place.addEventListener("click", () => outbox.retry());
    setInterval(() => this.#age(), 1000);
  }

  #show(state) {
    const before = this.place.dataset.state;
    this.place.dataset.state = state === "signed-out" ? "failed" : state;
    if (state === "saved") this.#since = Date.now();
    const words = { saving: "saving", failed: "unsaved", "signed-out": "signedOut", idle: "" }[state];
    if (words !== undefined) this.place.textContent = words && text(words);
    if (this.place.dataset.state === "failed" && before !== "failed") announce(this.place.textContent);
    this.#age();
  }

  #age() {
    if (this.place.dataset.state !== "saved") return;
    this.place.textContent = `${text("saved")} ${clock((Date.now() - this.#since) / 1000)} ${text("ago")}`;
  }
}
