/**
 * What a clip costs its reviewer: seconds of active work (a hidden page and a person who went away do not count) and keys.
 * @typedef {{seconds: number, keystrokes: number}} Work
 */
const IDLE = 30; // seconds without a sign of life that still count
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"]);

export class WorkClock {
  #total = 0;
  #last = 0;
  #running = false;
  #keystrokes = 0;

  constructor() {
    for (const sign of ["keydown", "pointermove", "pointerdown", "wheel"]) {
      document.addEventListener(sign, () => this.#tick(), { passive: true, capture: true });
    }
    // Heard before any command: the key that sends a clip counts for that clip. A held key is one.
    document.addEventListener("keydown", ({ key, repeat }) => !repeat && !MODIFIERS.has(key) && this.#keystrokes++, true);
    document.addEventListener("visibilitychange", () => {
      this.#tick();
      this.#running = !document.hidden;
    });
  }

  /** @param {Work} already work done on this clip before */
  start({ seconds, keystrokes }) {
    this.#total = seconds;
    this.#keystrokes = keystrokes;
    this.#last = performance.now();
    this.#running = !document.hidden;
  }

  /** @returns {Work} */
  get done() {
    this.#tick();
    return { seconds: this.#total, keystrokes: this.#keystrokes };
  }

  #tick() {
    const now = performance.now();
    if (this.#running) this.#total += Math.min((now - this.#last) / 1000, IDLE);
    this.#last = now;
  }
}
