/** The keyboard of a page. */

/** What the keys of a Chinese keyboard mean when its punctuation is full-width. */
const SAME = { "。": ".", "、": "/", "？": "?", "，": ",", "／": "/", "．": ".", "【": "[", "】": "]" };
const REPEATABLE = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);
const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const PRESSED = "button, a, summary";
const CHOSEN = "input[type=radio], input[type=checkbox]";

/** Whether the element that has the focus needs this key itself. */
function needs(target, key) {
  if (!(target instanceof Element)) return false;
  if (target.matches(TYPING)) return true;
  if (target.matches(PRESSED)) return key === "Enter" || key === " ";
  return target.matches(CHOSEN) && (key === " " || key.startsWith("Arrow"));
}

/** Whether a composition, a shortcut of the browser or an open window has the keyboard. */
function taken(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return document.querySelector("dialog[open], details.menu[open]") !== null;
}

/**
 * Call the action of each key pressed. A held key acts once, except the arrows.
 * @param {(key: string) => (() => void) | undefined} find
 */
export function listen(find) {
  document.addEventListener("keydown", (event) => {
    const key = SAME[event.key] ?? event.key;
    if (taken(event) || needs(event.target, key)) return;
    const action = find(key);
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || REPEATABLE.has(key)) action();
  });
}
