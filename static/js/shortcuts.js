/** The reader's keys of the review page's commands, as the server tells them; hints on the page show them. */
const keys = JSON.parse(document.getElementById("main").dataset.shortcuts);
const NAMES = { " ": "Space", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
const commands = new Map(Object.entries(keys).map(([name, key]) => [key, name]));

/** Command -> key as it is written for people. @type {Record<string, string>} */
export const labels = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, NAMES[key] ?? key]));

/** @param {string} key @returns {string | undefined} the command it stands for */
export function commandOf(key) {
  return commands.get(key);
}

/** Write the reader's keys into the hints of a part of the page. @param {ParentNode} part */
export function label(part) {
  for (const hint of part.querySelectorAll("[data-key]")) hint.textContent = labels[hint.dataset.key] ?? hint.textContent;
}
