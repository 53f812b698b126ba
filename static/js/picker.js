/** A small window that asks one question. Digits, arrows and Enter answer it; Escape does not. */
const dialog = document.getElementById("picker");
const list = dialog.querySelector("ol");
let answer = () => {};

/**
 * @param {string} question
 * @param {{value: string, label: string}[]} options
 * @returns {Promise<{value: string, label: string} | null>}
 */
export function pick(question, options) {
  dialog.querySelector("h2").textContent = question;
  list.replaceChildren(...options.map(row));
  mark(0);
  dialog.showModal();
  list.focus();
  return new Promise((done) => {
    answer = (index) => {
      answer = () => {};
      dialog.close();
      done(options[index] ?? null);
    };
  });
}

function row({ label }, index) {
  const item = document.createElement("li");
  item.id = `option-${index}`;
  item.setAttribute("role", "option");
  const key = document.createElement("kbd");
  key.textContent = index < 9 ? String(index + 1) : "";
  key.hidden = index >= 9;
  key.setAttribute("aria-hidden", "true");
  const words = document.createElement("span");
  words.textContent = label;
  item.append(key, words);
  item.addEventListener("click", () => answer(index));
  return item;
}

function marked() {
  return [...list.children].findIndex((item) => item.getAttribute("aria-selected") === "true");
}

function mark(index) {
  const at = Math.min(Math.max(index, 0), list.children.length - 1);
  for (const [i, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(i === at));
  list.setAttribute("aria-activedescendant", `option-${at}`);
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

list.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") mark(marked() + 1);
  else if (event.key === "ArrowUp") mark(marked() - 1);
  else if (event.key === "Enter") answer(marked());
  else if (/^[1-9]$/.test(event.key) && list.children[event.key - 1]) answer(event.key - 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
dialog.addEventListener("close", () => !dialog.open && answer(-1)); // told late: another question may be open by then
