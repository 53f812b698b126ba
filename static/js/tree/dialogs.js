/** The windows in which an edit is written: names, targets, relations. Each answers the edit's values, or null. */
import { text } from "../strings.js";
import { TagFinder } from "./tag_finder.js";

/** Open a dialog and wait for it. @returns {Promise<boolean>} whether it was sent */
function asked(dialog) {
  dialog.returnValue = "";
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "save"), { once: true });
  });
}

/** @param {string} word what stands above, such as "renameTitle" @param {string} name */
function head(dialog, word, name) {
  dialog.querySelector("h2").textContent = text(word).replace("{tag}", name ?? "");
}

/** A code for a new tag: its name in Latin letters, else a number that nobody else has. */
export function codeFor(name, taken) {
  const slug = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60);
  const base = slug || `tag-${Date.now().toString(36)}`;
  for (let n = 1; ; n++) {
    const code = n === 1 ? base : `${base}-${n}`;
    if (!taken(code)) return code;
  }
}

/** Names in several languages. */
export class NamesDialog {
  #dialog = document.getElementById("names-dialog");
  #rows = this.#dialog.querySelector(".name-rows");
  #pattern = document.getElementById("name-pattern");

  constructor() {
    this.form = this.#dialog.querySelector("form");
    this.#dialog.querySelector("[data-add-name]").addEventListener("click", () => this.#row().querySelector("input").focus());
    this.#rows.addEventListener("click", (event) => {
      if (event.target.closest("[data-drop-name]")) event.target.closest("li").remove();
    });
  }

  /**
   * Opens at once; the other names come when the server has told them.
   * @param {string} shown the name as the tree has it
   * @param {Promise<{name: string, names: [string, string, boolean][]} | null>} told
   * @returns {Promise<{name: string, names?: [string, string, boolean][]} | null>} without names: they stay
   */
  async rename(shown, told) {
    head(this.#dialog, "renameTitle", shown);
    this.form.classList.remove("making");
    this.#fill(shown, []);
    const box = this.form.elements.name;
    let [main, asking] = [null, true];
    told.then((now) => {
      if (!now || !asking) return;
      main = now.names.find(([, word]) => word === now.name) ?? [];
      for (const row of now.names) if (row !== main) this.#row(...row);
      if (box.value !== shown) return;
      box.value = now.name;
      if (document.activeElement === box) box.select(); // it takes the focus, which may be in another row by now
    });
    const early = (event) => {
      if (!main && this.#names().length) this.#wait(event, told, () => asking);
    };
    this.form.addEventListener("submit", early);
    const sent = await asked(this.#dialog);
    this.form.removeEventListener("submit", early);
    asking = false;
    if (!sent) return null;
    const name = box.value.trim();
    if (!main) return { name };
    return { name, names: [...(main.length ? [[main[0], name, main[2]]] : []), ...this.#names()] };
  }

  /** More names can be sent only with those that there are: sent off before these have come, they wait for them. */
  #wait(event, told, wanted) {
    event.preventDefault();
    const box = this.form.elements.name;
    told.then((now) => {
      if (!wanted()) return;
      if (now) return this.form.requestSubmit(event.submitter);
      box.setCustomValidity(text("offline"));
      box.reportValidity();
      box.setCustomValidity("");
    });
  }

  /** @param {{parent: string | null, where: string, taken: (code: string) => boolean, start?: object}} about */
  async create({ where, taken, start = {} }) {
    head(this.#dialog, "createTitle", where);
    this.form.classList.add("making");
    const { name, code, kind, state, assignable } = this.form.elements;
    this.#fill(start.name ?? "", start.names ?? []);
    code.value = start.code ?? "";
    kind.value = start.kind ?? "category";
    state.value = start.state ?? "active";
    assignable.checked = start.assignable ?? true;
    const suggest = () => (code.placeholder = name.value.trim() ? codeFor(name.value.trim(), taken) : "");
    name.oninput = suggest;
    suggest();
    if (!(await asked(this.#dialog))) return null;
    return {
      code: code.value.trim() || codeFor(name.value.trim(), taken), name: name.value.trim(), names: this.#names(),
      kind: kind.value, state: state.value, assignable: assignable.checked,
    };
  }

  #fill(name, rows) {
    this.form.elements.name.value = name;
    this.form.elements.name.oninput = null;
    this.#rows.replaceChildren();
    for (const row of rows) this.#row(...row);
    queueMicrotask(() => this.form.elements.name.select());
  }

  #row(language = "", word = "", preferred = false) {
    const item = this.#pattern.content.firstElementChild.cloneNode(true);
    const [spoken, named, first] = item.querySelectorAll("input");
    spoken.value = language;
    named.value = word;
    first.checked = preferred;
    this.#rows.append(item);
    return item;
  }

  #names() {
    const rows = [...this.#rows.children].map((item) => [...item.querySelectorAll("input")]);
    const named = rows.map(([spoken, word, first]) => [spoken.value.trim() || "en", word.value.trim(), first.checked]);
    return named.filter(([, word]) => word);
  }
}

/** Other tags: where to move to, what to merge into, the parts of a split, the end of a relation. */
export class TargetDialog {
  #dialog = document.getElementById("target-dialog");
  #chosen = []; // {code, name}
  #most = 1;

  /** @param {string} address of the search @param {(id: number) => Promise<object>} tagOf @param {Function} more */
  constructor(address, tagOf, more) {
    this.form = this.#dialog.querySelector("form");
    this.list = this.#dialog.querySelector(".chosen");
    const take = async (found) => this.#choose(found.code && !found.id ? found : await tagOf(found.id));
    new TagFinder(this.form.elements.target, this.#dialog.querySelector(".found"), address, take, { more });
    this.list.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-code]");
      if (chip) this.#drop(chip.dataset.code);
    });
    this.form.elements.target.addEventListener("keydown", (event) => {
      // Nothing to send yet, or words that no tag was taken for.
      if (event.key === "Enter" && (!this.#enough() || event.target.value.trim())) event.preventDefault();
    });
  }

  /**
   * @param {"move" | "merge" | "split" | "relation"} what @param {string} name of the tag that is edited
   * @returns {Promise<{codes: string[], rest: string, kind: string} | null>} rest: where old labels of a split go
   */
  async ask(what, name) {
    head(this.#dialog, `${what}Title`, name);
    this.form.dataset.what = what;
    this.#most = what === "split" ? 20 : 1;
    this.#least = { split: 2, move: 0 }[what] ?? 1;
    this.#chosen = [];
    this.#draw();
    queueMicrotask(() => this.form.elements.target.focus());
    if (!(await asked(this.#dialog))) return null;
    const { rest, kind } = this.form.elements;
    return { codes: this.#chosen.map(({ code }) => code), rest: rest.value, kind: kind.value };
  }

  #least = 1;

  #enough() {
    return this.#chosen.length >= this.#least;
  }

  #choose({ code, name }) {
    this.#chosen = [...this.#chosen.filter((tag) => tag.code !== code), { code, name }].slice(-this.#most);
    this.#draw();
    const save = this.#dialog.querySelector("[value=save]");
    if (this.#enough() && this.#most === 1) save.focus();
  }

  #drop(code) {
    this.#chosen = this.#chosen.filter((tag) => tag.code !== code);
    this.#draw();
    this.form.elements.target.focus();
  }

  #draw() {
    const pattern = document.getElementById("chosen-pattern").content.firstElementChild;
    this.list.replaceChildren(...this.#chosen.map(({ code, name }) => {
      const item = pattern.cloneNode(true);
      const chip = item.querySelector("[data-code]");
      chip.dataset.code = code;
      chip.querySelector(".name").textContent = name;
      return item;
    }));
    this.#dialog.querySelector("[value=save]").disabled = !this.#enough();
    const { rest } = this.form.elements;
    const kept = rest.value;
    rest.replaceChildren(new Option(text("reviewAgain"), ""), ...this.#chosen.map(({ code, name }) => new Option(name, code)));
    rest.value = this.#chosen.some(({ code }) => code === kept) ? kept : "";
  }
}
