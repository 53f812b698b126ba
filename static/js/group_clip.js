/** One clip of a group, opened: it is looked at, taken out, and followed by the next one, without closing in between. */
import { laterWhenOnline, post } from "./server.js";
import { announce, text } from "./strings.js";

export class OpenedClip {
  #asked = 0;
  #tile = null;

  /** @param {HTMLDialogElement} window @param {Record<string, (tile?: HTMLElement) => void>} actions by key, and `closed` */
  constructor(window, actions) {
    this.window = window;
    this.actions = { o: () => this.close(), Escape: () => this.close(), ...actions };
    window.addEventListener("close", () => this.#left()); // a gesture of the browser closed it
    window.addEventListener("keydown", (event) => this.#pressed(event));
    window.addEventListener("click", (event) => this.actions[event.target.closest("[data-key]")?.dataset.key]?.());
  }

  /** @param {HTMLElement} tile @param {() => void} noted the server knows that it was opened */
  async show(tile, noted) {
    const turn = ++this.#asked;
    this.#tile = tile;
    const address = tile.querySelector(".open").getAttribute("formaction");
    const answer = await post(address, new URLSearchParams(), "text/html").catch(laterWhenOnline);
    if (!answer?.ok) return announce(text("offline"));
    const clip = await answer.text();
    noted();
    if (turn !== this.#asked) return; // another one was asked for meanwhile
    this.window.querySelector(".content").innerHTML = clip;
    if (!this.window.open) this.window.showModal();
    this.window.querySelector("footer button").focus();
    this.window.querySelector("video")?.play().catch(() => {});
    this.mark(tile.querySelector("[name=without]"));
  }

  /** At once: the browser tells of it later, when another clip may have been asked for. */
  close() {
    this.window.close();
    this.#left();
  }

  /** Show whether the clip is taken out. @param {HTMLInputElement | null} box none: it is not the reviewer's to judge */
  mark(box) {
    const button = this.window.querySelector("[data-key=x]");
    button.hidden = !box;
    button.setAttribute("aria-pressed", String(Boolean(box?.checked)));
  }

  /** Its keys go no further: the page would open it again. */
  #pressed(event) {
    if (event.target instanceof HTMLVideoElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = this.actions[event.key];
    if (!action) return;
    event.preventDefault();
    if (!event.repeat) action();
  }

  #left() {
    const content = this.window.querySelector(".content");
    if (this.window.open || !content.hasChildNodes()) return;
    this.#asked++; // what is on its way comes too late
    content.replaceChildren();
    this.actions.closed(this.#tile); // the browser has put the focus back to where it was before all that were opened
  }
}
