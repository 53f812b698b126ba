/** The grid of a group of clips: move, open, take out, say which clips get which tag, and see what that would do. */
import { OpenedClip } from "./group_clip.js";
import { listen } from "./keys.js";
import { laterWhenOnline, post } from "./server.js";
import { announce, text } from "./strings.js";
import { TagField } from "./tag_field.js";
import { WorkClock } from "./work_clock.js";

const PAUSE = 120; // milliseconds without a change before the server is asked what it would do
const form = document.getElementById("group");
const tiles = [...document.querySelectorAll(".tile")];

class GroupPage {
  #at = 0;
  #edits = 0;
  #asked = 0;
  #timer = 0;
  #answer = null; // promise of whether the server answered what was asked last
  #work = new WorkClock();

  constructor() {
    this.#work.start({ seconds: 0, keystrokes: 0 });
    this.field = form.querySelector("[data-tag-field]");
    this.input = this.field.querySelector(":scope > input");
    new TagField(this.field, form.dataset.options, () => this.#changed());
    form.addEventListener("change", () => this.#changed());
    form.addEventListener("submit", (event) => this.#submitted(event));
    for (const [index, tile] of tiles.entries()) tile.addEventListener("focusin", () => this.#mark(index));
    this.opened = new OpenedClip(document.getElementById("opened"), {
      x: () => this.#takeOut(),
      l: () => this.#openNext(),
      ArrowRight: () => this.#turnTo(tiles[this.#at + 1]),
      ArrowLeft: () => this.#turnTo(tiles[this.#at - 1]),
      closed: (tile) => tile.focus(),
    });
    this.input.addEventListener("keydown", (event) => this.#leaving(event));
    listen((key) => this.#command(key));
    this.#tell();
  }

  get tile() {
    return tiles[this.#at];
  }

  #command(key) {
    if (/^[1-9]$/.test(key)) return () => this.#turn(key - 1);
    return {
      ArrowRight: () => this.#move(1),
      ArrowLeft: () => this.#move(-1),
      ArrowDown: () => this.#move(this.#columns),
      ArrowUp: () => this.#move(-this.#columns),
      o: () => this.#open(this.tile),
      " ": () => this.#open(this.tile),
      l: () => this.#openNext(),
      x: () => this.#takeOut(),
      "/": () => this.input.focus(),
      Enter: () => this.#send(),
    }[key];
  }

  get #columns() {
    return tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length;
  }

  /** Down from a long row to a short one ends at its last clip. */
  #move(step) {
    const rows = Math.ceil(tiles.length / this.#columns), row = (index) => Math.floor(index / this.#columns);
    const to = step > 1 && row(this.#at) < rows - 1 ? Math.min(this.#at + step, tiles.length - 1) : this.#at + step;
    tiles[to]?.focus();
  }

  #mark(index) {
    this.tile.tabIndex = -1;
    this.#at = index;
    this.tile.tabIndex = 0;
  }

  #takeOut() {
    const box = this.tile.querySelector("[name=without]");
    if (!box) return;
    box.checked = !box.checked;
    announce(`${this.tile.getAttribute("aria-label")}: ${text(box.checked ? "out" : "in")}`);
    this.opened.mark(box);
    this.#changed();
  }

  /** The next of the three answers for a tag. @param {number} row from 0 */
  #turn(row) {
    const answers = [...(form.querySelectorAll(".said [data-row]")[row]?.querySelectorAll("input") ?? [])];
    if (!answers.length) return;
    const next = answers[(answers.findIndex((answer) => answer.checked) + 1) % answers.length];
    next.checked = true;
    announce(next.parentElement.textContent.trim());
    this.#changed();
  }

  #open(tile) {
    this.opened.show(tile, () => {
      tile.classList.remove("todo-now"); // the server knows; the preview that says so comes later
      this.#changed(0);
    });
  }

  /** Open another clip than the one in focus. */
  #turnTo(tile) {
    if (!tile) return;
    this.#mark(tiles.indexOf(tile)); // behind an open window nothing takes the focus
    this.#open(tile);
  }

  #openNext() {
    const tile = tiles.find((one) => one.classList.contains("todo-now"));
    if (tile) return this.#turnTo(tile);
    this.opened.close();
    announce(text("allLooked"));
  }

  /** Out of the field for tags: Escape goes back to the clips; Enter in an empty one says what it says elsewhere. */
  #leaving(event) {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") this.tile.focus();
    else if (event.key === "Enter" && !this.input.value.trim()) this.#send();
    else if (event.key !== "Enter") return; // words that found nothing are told of
    event.preventDefault();
  }

  #changed(step = 1) {
    this.#edits += step;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  #ask() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#answer = this.#preview().catch(laterWhenOnline);
  }

  /** What the verdict would do as it stands. Rows of tags are drawn anew only where there are others. Raises Offline. */
  async #preview() {
    const turn = ++this.#asked;
    const answer = await post(form.dataset.preview, new URLSearchParams(new FormData(form)), "text/html");
    if (turn !== this.#asked || ![200, 422].includes(answer.status)) return true; // an older question was answered late
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    const [here, there] = [document.getElementById("verdict"), template.content.getElementById("verdict")];
    const rows = (place) => [...place.querySelectorAll("[data-row]")].map((row) => row.dataset.row).join(" ");
    const told = there.querySelector("#preview");
    if (told && rows(here) === rows(there)) here.querySelector("#preview").replaceWith(told);
    else if (told) here.replaceWith(there);
    else here.querySelector("#preview").replaceChildren(...there.children);
    if (told) for (const chip of this.field.querySelectorAll(".picked")) chip.remove(); // a row of its own now
    this.#tell();
    return true;
  }

  /** Which clips are to be opened yet. */
  #tell() {
    const place = document.getElementById("preview");
    const todo = new Set((place?.dataset.todo ?? "").split(" "));
    for (const tile of tiles) tile.classList.toggle("todo-now", todo.has(tile.dataset.video));
  }

  /** What the verdict would do is asked first: it may have changed just now, and without a server nothing is sent. */
  async #send() {
    this.#ask();
    const answer = this.#answer;
    const answered = await answer;
    if (this.#timer || answer !== this.#answer) return this.#send(); // changed meanwhile
    if (!answered) return this.#tellOffline();
    if (this.#ready()) form.requestSubmit(form.querySelector("button.go"));
  }

  /** Until the next answer takes its place. */
  #tellOffline() {
    const place = document.getElementById("preview");
    place.querySelector(".offline")?.remove();
    place.prepend(Object.assign(document.createElement("p"), { className: "alert bad offline", textContent: text("offline") }));
  }

  #ready() {
    const { ready, todo } = document.getElementById("preview").dataset;
    if (!ready) announce(text(todo?.trim() ? "lookFirst" : "noneLeft"));
    if (!ready) this.#openNext();
    return Boolean(ready);
  }

  #submitted(event) {
    const { submitter } = event;
    if (submitter?.matches(".open")) {
      event.preventDefault();
      return this.#open(submitter.closest(".tile"));
    }
    const { seconds, keystrokes } = this.#work.done;
    Object.entries({ seconds: seconds.toFixed(1), keystrokes, edits: this.#edits }).forEach(([name, value]) => (form.elements[name].value = value));
  }
}

new GroupPage();
