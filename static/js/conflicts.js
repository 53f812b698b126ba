/** Broken rules, told above the tags, each with repairs at one key. The server checks the same rules again. */
import { sentence } from "./strings.js";

export const REPAIR_KEYS = ["q", "w", "e", "t", "y"];
const pattern = document.getElementById("conflict-pattern");
const language = document.documentElement.lang;
const both = new Intl.ListFormat(language, { type: "conjunction" });
const either = new Intl.ListFormat(language, { type: "disjunction" });

/**
 * @typedef {{text: string, tags: number[], repairs: {label: string, remove: number[], add: number[]}[]}} Told
 */
export class Conflicts {
  /** @param {HTMLFormElement} form @param {(remove: number[], add: number[]) => void} mend */
  constructor(form, mend) {
    this.form = form;
    this.place = form.querySelector(".notices");
    this.place.addEventListener("click", (event) => {
      const button = event.target.closest(".repairs button");
      if (button) mend(numbers(button.dataset.remove), numbers(button.dataset.add));
    });
    this.#key();
  }

  get any() {
    return this.place.querySelector(".conflict") !== null;
  }

  /** The button of a repair key. @returns {HTMLButtonElement | undefined} */
  repair(key) {
    return this.place.querySelectorAll(".repairs button")[REPAIR_KEYS.indexOf(key)];
  }

  /** @param {Told[]} conflicts instead of those told before */
  tell(conflicts) {
    for (const old of this.place.querySelectorAll(".conflict")) old.remove();
    this.place.append(...conflicts.map(drawn));
    this.#key();
    const broken = new Set(conflicts.flatMap(({ tags }) => tags.map(String)));
    for (const row of this.form.querySelectorAll(".tag")) row.classList.toggle("broken", broken.has(row.dataset.tag));
  }

  /** Draw the reviewer's eye to what holds the clip back. */
  stress() {
    this.place.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: 250 });
  }

  #key() {
    for (const [i, button] of [...this.place.querySelectorAll(".repairs button")].entries()) {
      if (!REPAIR_KEYS[i] || button.querySelector("kbd")) continue;
      const key = document.createElement("kbd");
      key.textContent = REPAIR_KEYS[i];
      button.prepend(key);
    }
  }
}

/**
 * The conflicts of the rule book in words.
 * @param {import("./rules.js").Conflict[]} conflicts
 * @param {(tag: number) => string} name
 * @returns {Told[]}
 */
export function told(conflicts, name) {
  const list = (tags, format = both) => format.format(tags.map(name));
  return conflicts.map(({ reason, rule, tags, repairs }) => ({
    text: sentence(rule ? camel(reason) : "unfit", {
      tags: list(tags),
      others: rule ? list(rule.others, either) : "",
      parent: rule ? name(rule.subject) : "",
    }),
    tags,
    repairs: repairs.map((repair) => ({ ...repair, label: label(repair, tags, list) })),
  }));
}

function label({ remove, add }, tags, list) {
  const kept = tags.filter((tag) => !remove.includes(tag));
  if (add.length) return sentence("add", { tags: list(add) });
  return kept.length ? sentence("keep", { tags: list(kept) }) : sentence("remove", { tags: list(remove) });
}

function drawn({ text: words, repairs }) {
  const alert = pattern.content.firstElementChild.cloneNode(true);
  alert.querySelector(".words").textContent = words;
  alert.querySelector(".repairs").replaceChildren(...repairs.map(drawnRepair));
  return alert;
}

function drawnRepair({ label: words, remove, add }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ghost small";
  button.dataset.remove = remove.join(" ");
  button.dataset.add = add.join(" ");
  button.textContent = words;
  return button;
}

function numbers(words) {
  return words.split(" ").filter(Boolean).map(Number);
}

function camel(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}
