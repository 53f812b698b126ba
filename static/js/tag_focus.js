/** Which tag the reviewer looks at: its row, its words in the text, its moment in the clip, its guideline. */
export class TagFocus {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.row = form.querySelector(".tag");
    form.addEventListener("focusin", (event) => {
      const row = event.target.closest(".tag");
      if (row) this.#mark(row);
    });
    // A click on the circle must leave the arrows with the list of tags, not with the radio buttons.
    form.addEventListener("click", (event) => {
      const row = event.target.closest?.(".tag");
      if (row && event.detail > 0 && !event.target.closest("select, a")) this.to(row);
    });
    if (this.row) this.#mark(this.row);
  }

  /** @param {HTMLElement} row */
  to(row) {
    this.#mark(row);
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} step rows down, or up when negative */
  move(step) {
    const rows = [...this.form.querySelectorAll(".tag")];
    const row = rows[Math.min(Math.max(rows.indexOf(this.row) + step, 0), rows.length - 1)];
    if (row) this.to(row);
  }

  /** Seconds at which the parts begin in which the tag holds. @returns {number[]} */
  get stretches() {
    const parts = this.form.querySelectorAll(`[data-lane="${this.row?.dataset.tag}"] [data-from]`);
    return [...parts].map((part) => Number(part.dataset.from));
  }

  #mark(row) {
    this.row = row;
    for (const other of this.form.querySelectorAll(".tag")) {
      other.toggleAttribute("aria-current", other === row);
      if (other === row) other.setAttribute("aria-current", "true");
      other.tabIndex = other === row ? 0 : -1;
    }
    const tag = row.dataset.tag;
    light(this.form, "[data-guideline]", (part) => part.dataset.guideline === tag);
    light(this.form, "[data-lane]", (part) => part.dataset.lane === tag);
    reveal(this.form.querySelector(`span[data-lane="${tag}"]`));
    light(this.form, "mark", (part) => part.dataset.tags.split(" ").includes(tag));
  }
}

/** Scroll its list, never the page. @param {HTMLElement | null} part */
function reveal(part) {
  if (!part) return;
  const list = part.closest(".lanes");
  if (part.offsetTop < list.scrollTop) list.scrollTop = part.offsetTop;
  const below = part.offsetTop + part.offsetHeight - list.clientHeight;
  if (below > list.scrollTop) list.scrollTop = below;
}

function light(form, selector, wanted) {
  for (const part of form.querySelectorAll(selector)) part.classList.toggle("on", wanted(part));
}
