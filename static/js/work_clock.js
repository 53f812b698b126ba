/** Seconds of active work on a clip: a hidden page and a person who went away do not count. */
const IDLE = 30; // seconds without a sign of life that still count

export class WorkClock {
  #total = 0;
  #last = 0;
  #running = false;

  constructor() {
    for (const sign of ["keydown", "pointermove", "pointerdown", "wheel"]) {
      document.addEventListener(sign, () => this.#tick(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => {
      this.#tick();
      this.#running = !document.hidden;
    });
  }

  /** @param {number} already seconds worked on this clip before */
  start(already = 0) {
    this.#total = already;
    this.#last = performance.now();
    this.#running = !document.hidden;
  }

  get seconds() {
    this.#tick();
    return this.#total;
  }

  #tick() {
    const now = performance.now();
    if (this.#running) this.#total += Math.min((now - this.#last) / 1000, IDLE);
    this.#last = now;
  }
}
