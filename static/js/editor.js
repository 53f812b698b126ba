/** The taxonomy's page: a tree of any size, the tag in focus beside it, and for editors a change set. */
import { listen } from "./keys.js";
import { laterWhenOnline, request } from "./server.js";
import { text } from "./strings.js";
import { Forest } from "./tree/forest.js";
import { TagFinder } from "./tree/tag_finder.js";
import { TagPanel } from "./tree/tag_panel.js";
import { walk } from "./tree/tree_keys.js";
import { TreeView } from "./tree/tree_view.js";

const main = document.getElementById("main");
const { tree: address, language, search, tag, index, counts } = main.dataset;
const EMPTY = { id: [], code: [], name: [], parent: [], state: [], assignable: [] };

class TaxonomyPage {
  #sums = new Map(); // code -> how often the branch is given
  #counts = null; // id -> how often the tag is given

  constructor(file) {
    this.file = file;
    this.panel = new TagPanel(document.getElementById("tag"), tag, index);
    this.view = new TreeView(document.getElementById("tree-scroller"), new Forest(file, language));
    this.view.addEventListener("draw", ({ detail }) => this.#decorate(detail));
    this.view.addEventListener("focus", ({ detail }) => this.look(detail.code));
    this.panel.addEventListener("go", ({ detail }) => this.go(detail.id));
    walk(this.view, () => document.getElementById("tag-pane").focus());
    const form = document.getElementById("finder");
    this.finder = new TagFinder(form.q, form.querySelector(".found"), search, ({ id, code }) => (id ? this.go(id) : this.view.reveal(code)));
    const shown = this.view.forest.of(Number(main.dataset.shown));
    if (shown) this.view.reveal(shown.code, { take: false });
    else this.view.draw();
  }

  get forest() {
    return this.view.forest;
  }

  /** Show a tag: its place in the tree, where it has one, and its page. @param {number} id */
  go(id) {
    const node = this.forest.of(id);
    if (node) this.view.reveal(node.code);
    if (id) this.panel.show(id);
  }

  /** The focus of the tree came to a tag. */
  look(code) {
    const node = this.forest.get(code);
    if (node?.id) this.panel.later(node.id);
    else if (node) {
      this.panel.forget();
      this.draft(node);
    }
  }

  /** Say on the tag's page what the change set does to it; a tag that is not published yet has no page but this. */
  tellDraft(edits) {
    const node = this.forest.get(this.view.focused);
    const open = this.panel.article && this.panel.article.dataset.kind !== "category";
    if (!open && node && node.id === null && this.panel.article?.dataset.code !== node.code) this.draft(node);
    const place = document.querySelector("#tag .in-draft");
    if (!place) return;
    place.hidden = !edits?.length;
    const lines = (edits ?? []).map(({ words }) => Object.assign(document.createElement("li"), { textContent: words ?? text("unsent") }));
    place.querySelector("ul").replaceChildren(...lines);
  }

  /** Show a tag that is not published yet. @param {{code: string, name: string, kind: string}} tag */
  draft(tag) {
    const content = document.getElementById("new-tag-pattern").content.cloneNode(true);
    const article = content.querySelector("article");
    Object.assign(article.dataset, { code: tag.code, name: tag.name, kind: tag.kind });
    article.querySelector("h1").textContent = tag.name;
    article.querySelector("code").textContent = tag.code;
    article.querySelector(".crumbs").textContent = this.forest.path(tag.code).map(({ name }) => name).join(" › ");
    this.panel.fill(content);
  }

  async count() {
    try {
      const answer = await request(counts);
      if (!answer.ok) return;
      const { tags, given } = await answer.json();
      this.#counts = new Map(tags.map((id, at) => [id, given[at]]));
      this.recount();
    } catch (error) {
      laterWhenOnline(error);
    }
  }

  recount() {
    if (!this.#counts) return;
    this.#sums = this.forest.sums((node) => this.#counts.get(node.id) ?? 0);
    this.view.draw();
  }

  #decorate({ element, node }) {
    const number = element.querySelector(".n");
    const sum = this.#sums.get(node.code);
    number.textContent = sum === undefined ? "" : sum.toLocaleString(language);
    number.title = sum === undefined ? "" : text("given");
    const dots = element.querySelector(".dots");
    const marks = node.marks ? [...node.marks] : [];
    if (dots.dataset.marks === marks.join(" ")) return;
    dots.dataset.marks = marks.join(" ");
    dots.replaceChildren(...marks.map(dot));
  }
}

function dot(mark) {
  const element = document.createElement("span");
  element.className = `dot ${mark}`;
  element.setAttribute("role", "img");
  element.title = text(`mark${mark[0].toUpperCase()}${mark.slice(1)}`);
  element.setAttribute("aria-label", element.title);
  return element;
}

async function load() {
  if (!address) return EMPTY;
  const answer = await request(address);
  if (!answer.ok) throw new Error(`The tree did not come: ${answer.status}`);
  return answer.json();
}

const editing = main.classList.contains("editing") && import("./editing.js"); // for editors only
const page = new TaxonomyPage(await load());
if (editing) new (await editing).Editing(page);
listen((key) => ({ "/": () => page.finder.input.focus(), "?": () => document.getElementById("keys").showModal() })[key]);
performance.mark("usable"); // keys work from here on; shown by the browser's tools, measured by benchmarks/editor.py
page.count();
