/** The guidelines beside a clip: those of added tags are fetched, what was on the screen is noted, changes confirmed. */
import { address, laterWhenOnline, post, request } from "./server.js";

const LOOKED = 1500; // milliseconds in focus that count as reading
const READ = "/review/guidelines/read/";
const noted = new Set(); // rows that this page has told the server of

export class Guidelines {
  #timer = 0;

  /** @param {HTMLFormElement} form @param {import("./tag_focus.js").TagFocus} focus */
  constructor(form, focus) {
    this.form = form;
    this.focus = focus;
    form.addEventListener("focusin", () => this.#look());
  }

  /** The box to tick for the tag in focus, or for the first tag that asks. @returns {HTMLInputElement | null} */
  get asked() {
    const open = [...this.form.querySelectorAll("[name=confirm]:not(:checked)")];
    const counted = open.filter((box) => this.#judged(box.closest("[data-guideline]").dataset.guideline));
    const inFocus = counted.find((box) => box.closest("[data-guideline]").dataset.guideline === this.focus.row?.dataset.tag);
    return inFocus ?? counted[0] ?? null;
  }

  /** Tick the box of the tag in focus, or show the one that asks next. */
  confirm() {
    const box = this.asked;
    if (!box) return;
    const tag = box.closest("[data-guideline]").dataset.guideline;
    if (tag === this.focus.row?.dataset.tag) {
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    } else this.show(tag);
  }

  /** Bring the guideline of a tag on the screen. @param {string} tag */
  show(tag) {
    const row = this.form.querySelector(`.tag[data-tag="${tag}"]`);
    if (row) this.focus.to(row);
    this.form.querySelector(`[data-guideline="${tag}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /** See to it that the guideline of a tag is in the page. @param {number | string} tag */
  async fetch(tag, { anew = false } = {}) {
    const part = () => this.form.querySelector(`[data-guideline="${tag}"]`);
    if (part() && !anew) return;
    const answer = await request(`${address(this.form)}guideline/${tag}/`).catch(laterWhenOnline);
    if (!answer || answer.status !== 200) return;
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    const found = template.content.firstElementChild;
    found.classList.toggle("on", this.focus.row?.dataset.tag === String(tag));
    if (part()) part().replaceWith(found);
    else this.form.querySelector(".guide").append(found);
  }

  /** Whether a verdict on the tag would be sent: an added tag that was taken back has none. */
  #judged(tag) {
    const row = this.form.querySelector(`.tag[data-tag="${tag}"]`);
    return Boolean(row) && row.querySelector("[name=add]")?.checked !== false;
  }

  #look() {
    clearTimeout(this.#timer);
    const part = this.form.querySelector("[data-guideline].on");
    const { row } = part?.dataset ?? {};
    if (!row || noted.has(row)) return;
    this.#timer = setTimeout(() => {
      noted.add(row);
      post(READ, new URLSearchParams({ guideline: row })).catch(laterWhenOnline);
    }, LOOKED);
  }
}
