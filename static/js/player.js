/** The clip: playing, seeking, and the head that runs over sound and lanes. Sound and speed hold for the next clips. */
import { frame } from "./box.js";

const SPEEDS = [1, 1.5, 2, 0.5];
const NEAR = 0.3; // seconds: the clip is where it was just sent to
const BEGUN = 0.5; // seconds: so far in, "the one before" is the stretch that is playing
const habits = { muted: false, speed: 1 };

export class Player {
  #frame = 0;
  #silenced = false; // by the browser, not by the reviewer: the next clip may sound

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.video = form.querySelector("video");
    this.head = form.querySelector(".head");
    if (!this.video) return;
    for (const event of ["play", "seeked", "loadedmetadata"]) this.video.addEventListener(event, () => this.#follow());
    this.video.addEventListener("volumechange", () => this.#heard());
    form.addEventListener("click", (event) => this.#clicked(event));
    this.sign = form.querySelector("[data-speed]");
    this.sign?.addEventListener("click", () => this.faster());
  }

  /** Start as a clip that just came on the screen does. Browsers may forbid sound before the first key: then silent. */
  async start() {
    if (!this.video) return;
    this.#speed();
    this.video.muted = habits.muted;
    try {
      await this.video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") return; // taken off the screen, or broken: nothing to play
      this.#silenced = this.video.muted = true;
      this.video.play().catch(() => {});
    }
  }

  stop() {
    this.video?.pause();
  }

  toggle() {
    if (this.video?.paused) this.video.play().catch(() => {});
    else this.video?.pause();
  }

  mute() {
    if (this.video) this.video.muted = !this.video.muted;
  }

  /** The next speed. @returns {number} */
  faster() {
    habits.speed = SPEEDS[(SPEEDS.indexOf(habits.speed) + 1) % SPEEDS.length];
    if (this.video) this.#speed();
    return habits.speed;
  }

  /** Where the clip is, in seconds. */
  get now() {
    return this.video?.currentTime ?? 0;
  }

  #speed() {
    this.video.playbackRate = habits.speed;
    if (!this.sign) return;
    this.sign.textContent = `${habits.speed}×`;
    this.sign.hidden = false;
  }

  /** @param {number} seconds */
  seek(seconds) {
    if (!this.video?.duration) return;
    this.video.currentTime = Math.min(Math.max(seconds, 0), this.video.duration);
  }

  /** @param {number[]} starts in seconds @param {number} step 1 for the next one, -1 for the one before @returns {number} */
  jump(starts, step) {
    const now = this.video?.currentTime ?? 0;
    const second =
      step > 0
        ? (starts.find((start) => start > now + NEAR) ?? starts[0])
        : (starts.findLast((start) => start < now - BEGUN) ?? starts.at(-1));
    this.seek(second);
    return second;
  }

  by(seconds) {
    if (this.video) this.seek(this.video.currentTime + seconds);
  }

  #heard() {
    if (!this.video.muted) this.#silenced = false;
    if (!this.#silenced) habits.muted = this.video.muted;
  }

  #clicked(event) {
    const moment = event.target.closest("[data-seek]");
    if (moment?.dataset.box && this.video) frame(this.video, moment.dataset.box);
    if (moment) this.seek(Number(moment.dataset.seek));
    const strip = event.target.closest("[data-seekable]");
    if (!strip || !this.video) return;
    const { left, width } = (strip.querySelector(".time") ?? strip).getBoundingClientRect();
    const share = (event.clientX - left) / width;
    if (share >= 0) this.seek(share * this.video.duration);
  }

  #follow() {
    cancelAnimationFrame(this.#frame);
    const { currentTime, duration, paused } = this.video;
    if (duration) this.head.style.left = `${(100 * currentTime) / duration}%`;
    if (!paused && this.video.isConnected) this.#frame = requestAnimationFrame(() => this.#follow());
  }
}
