/** The change set beside the tree: its edits in words, what needs a decision, and the way to publishing. */
import { announce, sentence, text } from "../strings.js";
import { Impact } from "./impact.js";

const LOOKS = { create: "plus", merge: "del", split: "del", delete: "del", rule_remove: "del", relation_remove: "del" };
const editPattern = document.getElementById("edit-pattern");
const noticePattern = document.getElementById("notice-pattern");

export class SetPanel {
  /**
   * @param {HTMLElement} place @param {import("./change_set.js").ChangeSet} set
   * @param {{go: (code: string) => void, again: (edit: object) => void}} page
   */
  constructor(place, set, page) {
    Object.assign(this, { place, set, page });
    this.list = place.querySelector(".edits");
    this.notices = place.querySelector(".notices");
    this.sign = place.querySelector("[data-sign]");
    this.impact = new Impact(place.querySelector(".impact"), set);
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.sign.addEventListener("click", () => set.retry());
    set.addEventListener("change", () => this.draw());
    set.addEventListener("state", ({ detail }) => this.#state(detail));
    set.addEventListener("clash", ({ detail }) => this.#clash(detail));
    set.addEventListener("refused", ({ detail }) => this.#refused(detail));
    set.addEventListener("closed", ({ detail }) => this.#closed(detail));
  }

  draw() {
    const { id, title, stored, pending, broken } = this.set;
    this.place.querySelector("h2").textContent = title || text(id ? "yourSet" : "noSet");
    this.place.querySelector(".empty").hidden = stored.length + pending.list.length > 0;
    this.list.replaceChildren(
      ...stored.map((edit) => this.#item(edit, broken.get(edit.number))),
      ...pending.list.map((edit) => this.#item({ ...edit, words: text("unsent") })),
    );
    this.list.lastElementChild?.scrollIntoView({ block: "nearest" });
    for (const link of this.place.querySelectorAll("[data-set]")) {
      link.hidden = !stored.length;
      if (id) link.href = link.dataset.set.replace("/0/", `/${id}/`);
    }
  }

  /** Say something that asks for an answer. @param {string} words @param {[string, () => void][]} answers */
  notice(words, answers, more = []) {
    const notice = noticePattern.content.firstElementChild.cloneNode(true);
    notice.querySelector(".words").textContent = words;
    const list = notice.querySelector("ul");
    list.append(...more.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    list.hidden = !more.length;
    for (const [label, act] of answers) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "ghost small" });
      button.textContent = label;
      button.addEventListener("click", () => {
        notice.remove();
        act();
      });
      notice.querySelector(".actions").append(button);
    }
    this.notices.append(notice);
    announce([words, ...more].join(" "));
    return notice;
  }

  #item({ number, op, values, words, author }, why) {
    const item = editPattern.content.firstElementChild.cloneNode(true);
    item.classList.add(...(LOOKS[op] ? [LOOKS[op]] : []));
    item.dataset.number = number ?? "";
    item.dataset.code = values.tag ?? values.code ?? values.subject ?? "";
    item.querySelector(".words").textContent = words;
    const small = item.querySelector("small");
    small.textContent = why ?? (author && author !== this.set.user ? author : "");
    small.classList.toggle("broken", Boolean(why));
    const undo = item.querySelector("[data-undo]");
    undo.hidden = number === undefined;
    undo.setAttribute("aria-label", sentence("undoOne", { words }));
    return item;
  }

  #clicked(event) {
    const item = event.target.closest("[data-number]");
    if (!item) return;
    if (event.target.closest("[data-undo]")) this.set.remove(Number(item.dataset.number)).then(() => announce(text("undone")));
    else if (item.dataset.code) this.page.go(item.dataset.code);
  }

  #state(state) {
    this.sign.dataset.state = state;
    const words = { saving: "saving", saved: "saved", failed: "unsaved", "signed-out": "signedOut", held: "held" }[state];
    this.sign.textContent = text(words);
    this.sign.hidden = !this.sign.textContent; // a button without words would say nothing
    if (["failed", "signed-out"].includes(state)) announce(this.sign.textContent);
  }

  #clash({ edit, since }) {
    const theirs = since.map(({ author, words, removed }) => `${author}: ${removed ? `${text("tookOut")} ` : ""}${words}`);
    this.notice(
      text("clash"),
      [[text("applyAnyway"), () => this.set.apply()], [text("dropIt"), () => this.set.drop(edit)]],
      theirs,
    );
  }

  #refused({ edit, detail }) {
    this.notice(detail, [[text("changeIt"), () => this.page.again(edit)], [text("dropIt"), () => {}]]);
  }

  #closed({ edit, detail }) {
    const fresh = () => location.assign(location.pathname); // the edit waits in the session and goes into a new set
    this.notice(detail, [[text("newSet"), fresh], [text("dropIt"), () => this.set.drop(edit)]]);
  }
}
