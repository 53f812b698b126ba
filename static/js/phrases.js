/** The page of new phrases: arrows walk through them; n, a and x decide about the one in focus. */
import { listen } from "./keys.js";
import { TagField } from "./tag_field.js";

const list = document.querySelector(".phrases");
const rows = [...document.querySelectorAll(".phrase")];

for (const place of document.querySelectorAll("[data-tag-field]")) new TagField(place, list.dataset.options, () => {});

/** @returns {number} the row that has the focus, or holds what has it; -1 for none */
function at() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function move(by) {
  const to = rows[Math.min(Math.max(at() + by, 0), rows.length - 1)];
  to?.focus({ preventScroll: true });
  to?.scrollIntoView({ block: "nearest" });
}

function act(key) {
  const control = rows[at()]?.querySelector(`[data-act="${key}"]`);
  if (control?.matches("button")) control.click();
  else control?.focus();
}

listen((key) => {
  if (!rows.length) return undefined;
  if (key === "ArrowDown" || key === "ArrowUp") return () => move(key === "ArrowDown" ? 1 : -1);
  return at() >= 0 && ["n", "a", "x"].includes(key) ? () => act(key) : undefined;
});
