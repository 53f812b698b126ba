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
    light(this.form, "mark", (part) => part.dataset.tags.split(" ").includes(tag));
  }
}

function light(form, selector, wanted) {
  for (const part of form.querySelectorAll(selector)) part.classList.toggle("on", wanted(part));
}
