/** What editors have on the taxonomy's page and others have not: the draft, its commands, and the change set. */
import { listen } from "./keys.js";
import { laterWhenOnline, request } from "./server.js";
import { announce, sentence, text } from "./strings.js";
import { ChangeSet } from "./tree/change_set.js";
import { Commands, bind } from "./tree/commands.js";
import { TargetDialog } from "./tree/dialogs.js";
import { dragging } from "./tree/drag.js";
import { Forest } from "./tree/forest.js";
import { SetPanel } from "./tree/set_panel.js";

const LOOK = 20_000; // milliseconds between looks at what others did
const { sets, set: id, user, base, language, search, tags } = document.getElementById("main").dataset;
const tools = document.getElementById("tools");

export class Editing {
  /** @param {object} page the page for everybody: view, panel, file, recount, go */
  constructor(page) {
    this.page = page;
    this.view = page.view;
    this.set = new ChangeSet(sets, { id, user, base: Number(base) || null });
    this.panel = new SetPanel(document.getElementById("change-set"), this.set, {
      go: (code) => this.#go(code),
      again: (edit) => this.commands.again(edit),
    });
    this.commands = new Commands(this, new TargetDialog(search, (tag) => this.tagOf(tag), (words) => this.#drafted(words)));
    bind(this.view, this.commands);
    dragging(this.view, (...where) => this.commands.place(...where));
    this.view.addEventListener("draw", ({ detail }) => detail.element.classList.toggle("cut", this.commands.isCut(detail.node.code)));
    this.view.addEventListener("focus", () => this.#offer());
    page.panel.addEventListener("show", () => this.#offer());
    page.finder.more = (words) => this.#drafted(words);
    this.set.addEventListener("change", () => this.redraw());
    this.set.addEventListener("begun", () => this.#begun());
    this.#listen();
    tools.hidden = false;
    this.#offer();
    this.set.open().catch(laterWhenOnline);
  }

  /** The tag that commands are about: the one in the tree's focus, or the open tag whose page is shown. */
  get current() {
    const { article } = this.page.panel;
    if (article && article.dataset.kind !== "category") {
      const { code, name, kind, state, assignable, tagId } = article.dataset;
      return { id: Number(tagId) || null, code, name, kind, state, assignable: assignable === "1" };
    }
    return this.view.focused === null ? null : this.view.forest.get(this.view.focused);
  }

  /** @param {string} op @param {object} values @param {string} name for who listens */
  edit(op, values, name) {
    this.set.add(op, values);
    announce(sentence("edited", { tag: name }));
  }

  /** The tree as the version and the edits make it. */
  redraw() {
    const forest = new Forest(this.page.file, language);
    for (const edit of this.set.edits) forest.apply(edit);
    this.view.change(forest);
    this.page.recount();
    this.#offer();
  }

  /** @returns {Promise<{code: string, name: string}>} */
  async tagOf(tag) {
    const node = this.view.forest.of(tag);
    if (node) return node;
    return (await request(`${tags}${tag}/`)).json();
  }

  async namesOf({ id: tag, name }) {
    if (tag === null) return { name, names: [] };
    const answer = await request(`${tags}${tag}/`).catch(laterWhenOnline);
    if (!answer?.ok) return null;
    const told = await answer.json();
    return { name: told.name, names: told.names.map((row) => [row.language, row.text, row.preferred]) };
  }

  async undo() {
    const edit = await this.set.undo().catch(laterWhenOnline);
    announce(edit ? `${text("undone")} ${edit.words ?? ""}` : text("nothingToUndo"));
  }

  /** Tags that the server's search does not know or leaves out: new ones, drafts, deprecated ones. */
  #drafted(words) {
    const wanted = words.toLocaleLowerCase();
    return this.view.forest
      .find((node) => (node.id === null || !["active", "merged"].includes(node.state)) && node.name.toLocaleLowerCase().includes(wanted), 5)
      .map((node) => ({ ...node, path: this.view.forest.path(node.code).map(({ name }) => name) }));
  }

  #go(code) {
    const node = this.view.forest.get(code);
    if (node) this.view.reveal(code);
    else this.#goOpen(code);
    if (node?.id) this.page.panel.show(node.id);
  }

  /** An open tag that the set makes has no place in the tree and no page yet. */
  #goOpen(code) {
    const made = this.set.edits.find(({ op, values }) => op === "create" && values.code === code)?.values;
    if (made) this.page.draft({ ...made, name: this.view.forest.renamed.get(code)?.name ?? made.name });
    this.#offer();
  }

  #begun() {
    // Somebody published between the loading of this page and its first edit: show what they made of the tree.
    if (this.set.base !== (Number(base) || null)) location.reload();
  }

  #offer() {
    const tag = this.current;
    this.page.tellDraft(tag && this.set.edits.filter(({ values }) => (values.tag ?? values.code ?? values.subject) === tag.code));
    for (const button of tools.querySelectorAll("[data-do]")) {
      const inTree = ["move", "sibling"].includes(button.dataset.do);
      button.disabled = !tag ? button.dataset.do !== "create" : inTree && tag.kind !== "category";
    }
    const giving = tools.querySelector("[data-do=assignable]");
    giving.textContent = text(tag?.assignable === false ? "doGive" : "doNotGive");
  }

  async #look() {
    if (document.hidden) return;
    const theirs = await this.set.look();
    if (!theirs.length) return;
    const lines = theirs.map(({ author, words, removed }) => `${author}: ${removed ? `${text("tookOut")} ` : ""}${words}`);
    this.panel.notice(text("othersEdited"), [[text("ok"), () => {}]], lines);
  }

  #listen() {
    tools.addEventListener("click", ({ target }) => target.dataset.do && this.commands.run(target.dataset.do));
    document.addEventListener("click", ({ target }) => {
      const { relation, to, tag } = target.closest?.("[data-relation]")?.dataset ?? {};
      if (relation) this.edit("relation_remove", { tag, kind: relation, to }, tag);
    });
    document.addEventListener("keydown", (event) => {
      const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      if (!undo || event.target.closest("input, textarea, dialog")) return;
      event.preventDefault();
      this.undo();
    });
    listen((key) => ({ u: () => this.undo() })[key]);
    setInterval(() => this.#look().catch(laterWhenOnline), LOOK);
    document.addEventListener("visibilitychange", () => this.#look().catch(laterWhenOnline));
  }
}
