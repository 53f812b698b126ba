/**
 * The part of the clip in which a tag is said to hold. The inputs of the form keep it; it is drawn over the tag's lane,
 * where its ends can be dragged, and told below the tag's name.
 * @typedef {{start: number, end: number}} Span seconds
 */
import { labels } from "./shortcuts.js";
import { announce, sentence, tenths, text } from "./strings.js";

const STEP = 0.1; // seconds that a key moves an end
const LEAST = 0.05; // seconds that a part has
const SVG = "http://www.w3.org/2000/svg";
const pattern = document.getElementById("lane-pattern");

export class Spans {
  /**
   * @param {HTMLFormElement} form
   * @param {import("./tag_focus.js").TagFocus} focus
   * @param {import("./player.js").Player} player
   */
  constructor(form, focus, player) {
    Object.assign(this, { form, focus, player, length: Number(form.dataset.length) });
    if (!this.length) return;
    for (const event of ["change", "restored"]) form.addEventListener(event, () => this.draw());
    form.addEventListener("pointerdown", (event) => event.target.closest("[data-edge]") && this.#grab(event));
    form.addEventListener("click", ({ target }) => target.closest("[data-span]") && this.#go(target.closest(".tag")));
    this.draw();
  }

  /** @param {HTMLElement} row @returns {Span | null} */
  of(row) {
    const [start, end] = (inputOf(row)?.value || "").split(" ").map(Number);
    return end ? { start, end } : null;
  }

  /** The tag in focus holds from the player's position on. */
  begin() {
    this.#edge((now, span) => ({ start: now, end: span && span.end > now ? span.end : (this.#stretch(now)?.end ?? this.length) }));
  }

  /** It holds up to the player's position. */
  finish() {
    this.#edge((now, span) => ({ start: span && span.start < now ? span.start : (this.#stretch(now)?.start ?? 0), end: now }));
  }

  /** Take over the part that the models suggest here, else the first one; with a part told already, take it back. */
  take() {
    const { row } = this.focus;
    if (this.of(row)) return this.#put(row, null);
    this.#edge((now) => this.#stretch(now) ?? this.#stretches[0]);
  }

  /** Move the end that is nearer to the player's position, and the player with it. @param {1 | -1} direction */
  nudge(direction) {
    const { row } = this.focus;
    const span = this.of(row);
    if (!span) return;
    const edge = Math.abs(this.player.now - span.start) <= Math.abs(this.player.now - span.end) ? "start" : "end";
    this.#put(row, { ...span, [edge]: span[edge] + direction * STEP });
    this.player.seek(this.of(row)[edge]);
  }

  draw() {
    for (const row of this.form.querySelectorAll(".tag")) this.#drawn(row, this.of(row));
  }

  #edge(change) {
    const { row } = this.focus;
    if (!row) return;
    if (!this.length) return announce(text("noLength"));
    const span = change(this.player.now, this.of(row));
    if (!span) return announce(sentence("noStretch", labels));
    this.#put(row, span);
  }

  /** @param {HTMLElement} row @param {Span | null} span */
  #put(row, span) {
    this.#set(row, span);
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
    const told = this.of(row);
    const tag = row.querySelector(".name").textContent;
    announce(told ? sentence("spanned", { tag, from: tenths(told.start), to: tenths(told.end) }) : sentence("unspanned", { tag }));
  }

  /** Inside the clip, and never turned around. */
  #set(row, span) {
    const start = Math.min(Math.max(span?.start ?? 0, 0), this.length - LEAST);
    const end = Math.max(Math.min(span?.end ?? 0, this.length), start + LEAST);
    // Downwards, so that no hundredth lies beyond the end of the clip.
    inputOf(row).value = span ? [start, end].map((second) => (Math.floor(second * 100 + 1e-6) / 100).toFixed(2)).join(" ") : "";
  }

  get #stretches() {
    const parts = this.form.querySelectorAll(`svg[data-lane="${this.focus.row.dataset.tag}"] [data-from]`);
    return [...parts].map(({ dataset }) => ({ start: Number(dataset.from), end: Number(dataset.to) }));
  }

  #stretch(now) {
    return this.#stretches.find(({ start, end }) => start <= now && now <= end);
  }

  #go(row) {
    this.focus.to(row);
    this.player.seek(this.of(row).start);
  }

  #drawn(row, span) {
    const place = row.querySelector(".spanned");
    place.hidden = !span;
    if (span) place.querySelector("button").textContent = `${tenths(span.start)}–${tenths(span.end)}`;
    const lane = this.#lane(row, span !== null);
    if (!lane) return;
    for (const old of lane.querySelectorAll(".own, [data-edge]")) old.remove();
    lane.classList.toggle("told", span !== null);
    if (!span) return;
    const [x, until] = [span.start, span.end].map((second) => (100 * second) / this.length);
    lane.append(rect("own", x, until - x), rect("edge", x - 0.6, 1.2, "start"), rect("edge", until - 0.6, 1.2, "end"));
  }

  /** The lane of a tag; one that has none gets it with its first span. */
  #lane(row, wanted) {
    const { tag } = row.dataset;
    const known = this.form.querySelector(`svg[data-lane="${tag}"]`);
    if (known || !wanted) return known;
    const [name, lane] = pattern.content.cloneNode(true).children;
    name.textContent = row.querySelector(".name").textContent;
    for (const part of [name, lane]) {
      part.dataset.lane = tag;
      part.classList.toggle("on", row === this.focus.row);
    }
    this.form.querySelector(".lanes .time").before(name, lane);
    return lane;
  }

  /** Drag an end along the lane; told as one change when it is let go. */
  #grab(event) {
    const { edge } = event.target.dataset;
    const lane = event.target.closest("svg");
    const row = this.form.querySelector(`.tag[data-tag="${lane.dataset.lane}"]`);
    const { left, width } = lane.getBoundingClientRect();
    event.preventDefault();
    this.focus.to(row);
    const before = this.of(row);
    const moved = (pointer) => {
      this.#set(row, { ...before, [edge]: (this.length * (pointer.clientX - left)) / width });
      this.#drawn(row, this.of(row));
      this.player.seek(this.of(row)[edge]);
    };
    const done = () => {
      document.removeEventListener("pointermove", moved);
      this.#put(row, this.of(row));
    };
    document.addEventListener("pointermove", moved);
    document.addEventListener("pointerup", done, { once: true });
  }
}

/** @returns {HTMLInputElement | null} */
export function inputOf(row) {
  return row?.querySelector("[name^=span-]") ?? null;
}

function rect(kind, x, width, edge) {
  const drawn = document.createElementNS(SVG, "rect");
  drawn.setAttribute("class", kind);
  for (const [name, value] of Object.entries({ x, width, height: 12 })) drawn.setAttribute(name, String(value));
  if (edge) drawn.dataset.edge = edge;
  return drawn;
}
