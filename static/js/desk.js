/** One clip being worked on: its verdicts, the tag in focus, its player, its rules and its search box. */
import { Conflicts, told } from "./conflicts.js";
import { Guidelines } from "./guidelines.js";
import { pick } from "./picker.js";
import { Player } from "./player.js";
import { SearchBox } from "./search_box.js";
import { Spans } from "./spans.js";
import { announce, clock, text } from "./strings.js";
import { TagFocus } from "./tag_focus.js";
import { Verdicts } from "./verdicts.js";

const notice = document.getElementById("notice-pattern");

export class Desk {
  /** Work done so far, kept while the clip is off the screen. @type {import("./work_clock.js").Work} */
  work = { seconds: 0, keystrokes: 0 };

  /** @param {HTMLFormElement} form @param {import("./catalogue.js").Catalogue} catalogue */
  constructor(form, catalogue) {
    this.form = form;
    this.catalogue = catalogue;
    this.verdicts = new Verdicts(form);
    this.focus = new TagFocus(form);
    this.guidelines = new Guidelines(form, this.focus);
    this.player = new Player(form);
    this.spans = new Spans(form, this.focus, this.player);
    this.conflicts = new Conflicts(form, (remove, add) => this.mend(remove, add));
    this.search = new SearchBox(form, (words, limit) => catalogue.search(words, limit), (tag) => this.add(tag));
    for (const event of ["change", "restored"]) form.addEventListener(event, () => this.check());
  }

  /** Hold the tags as they are now against the rules. */
  check() {
    if (!this.catalogue.ready) return;
    const broken = this.catalogue.conflicts(this.verdicts.chosen());
    this.conflicts.tell(told(broken, (tag) => this.catalogue.name(tag)));
  }

  /** @param {number} index of the row, from 0 */
  toggle(index) {
    const row = this.verdicts.rows[index];
    if (!row) return;
    this.focus.to(row);
    this.verdicts.toggle(row);
    this.#say(row);
  }

  accept() {
    const { row } = this.focus;
    if (!proposed(row)) return;
    this.verdicts.say(row, { choice: "accept" });
    this.#say(row);
  }

  async reject() {
    const { row } = this.focus;
    if (!proposed(row)) return;
    const reasons = [...row.querySelectorAll("[name^=reason-] option")].filter((option) => option.value);
    const reason = await pick(text("reason"), reasons.map(({ value, label }) => ({ value, label })));
    if (reason) this.verdicts.say(row, { choice: "reject", reason: reason.value });
    this.focus.to(row);
    this.#say(row);
  }

  async replace() {
    const { row } = this.focus;
    if (!proposed(row)) return;
    const chosen = this.verdicts.chosen();
    const siblings = this.catalogue.siblings(Number(row.dataset.tag)).filter(({ id }) => !chosen.includes(id));
    if (!siblings.length) return announce(text("noSibling"));
    const taken = await pick(text("sibling"), siblings.map(({ id, name }) => ({ value: String(id), label: name })));
    if (taken) this.verdicts.say(row, { choice: "replace", replacement: taken.value, name: taken.label });
    this.focus.to(row);
    this.#say(row);
  }

  /** @param {import("./search_box.js").Found | null} tag */
  add(tag) {
    if (!tag) return this.rest();
    const known = this.verdicts.chosen().includes(tag.id);
    const row = known ? this.verdicts.row(tag.id) : this.verdicts.add(tag.id, tag.name, tag.path);
    this.guidelines.fetch(tag.id);
    this.focus.to(row ?? this.focus.row); // known without a row of its own: it replaces another tag
    announce(`${tag.name}: ${text(known ? "already" : "added")}`);
  }

  mend(remove, add) {
    this.verdicts.mend(remove, add.map((id) => this.catalogue.tag(id)));
    this.rest();
  }

  repair(key) {
    this.conflicts.repair(key)?.click();
  }

  /** @returns {boolean} whether there was a step to take back */
  undo() {
    const undone = this.verdicts.undo();
    if (undone) {
      announce(text("undone"));
      this.rest();
    }
    return undone;
  }

  /**
   * To where the reviewer said that the tag in focus holds; else to the next stretch (or the one before) in which the
   * models say so, round and round; else to its moment.
   */
  jump(step = 1) {
    const span = this.spans.of(this.focus.row);
    if (span) return this.player.seek(span.start);
    const reason = this.focus.row?.querySelector("[data-seek]");
    const starts = reason?.dataset.box ? [] : this.focus.stretches; // a face is framed, too
    if (starts.length > 1) announce(clock(this.player.jump(starts, step)));
    else reason?.click();
  }

  /** Put the keyboard back on the tags. */
  rest() {
    if (this.focus.row) this.focus.to(this.focus.row);
    else document.getElementById("main").focus({ preventScroll: true });
  }

  /** Tell why the clip is still, or again, on the screen. @param {string} words @param {[string, () => void][]} ways */
  notice(words, ways = []) {
    const alert = notice.content.firstElementChild.cloneNode(true);
    alert.querySelector(".words").textContent = words;
    for (const [label, action] of ways) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ghost small";
      button.textContent = label;
      button.addEventListener("click", action);
      alert.append(button);
    }
    for (const old of this.form.querySelectorAll(".notices > .bad")) old.remove();
    this.form.querySelector(".notices").prepend(alert);
  }

  #say(row) {
    const choice = this.verdicts.choice(row) || "undecided";
    announce(`${row.querySelector(".name").textContent}: ${text(choice)}`);
  }
}

function proposed(row) {
  return row?.querySelector("[name^=verdict-]");
}
