/** Walking through a tree with the keyboard, as the ARIA practices for trees describe it. */
const PAUSE = 700; // milliseconds after which a letter begins a new word

/** @param {import("./tree_view.js").TreeView} view @param {(code: string) => void} enter what Enter does */
export function walk(view, enter) {
  let typed = "";
  let since = 0;

  const beginning = (letter) => {
    const now = performance.now();
    typed = now - since > PAUSE ? letter : typed + letter;
    since = now;
    const same = [...typed].every((one) => one === typed[0]); // the same letter again: the next one
    const at = view.rows.at(view.focused);
    const found = view.rows.beginning(same ? typed[0] : typed, same ? at + 1 : at);
    if (found >= 0) view.focus(view.rows.list[found].code);
  };

  const steps = {
    ArrowDown: () => view.step(1),
    ArrowUp: () => view.step(-1),
    PageDown: () => view.step(view.page),
    PageUp: () => view.step(-view.page),
    Home: () => view.step(-Infinity),
    End: () => view.step(Infinity),
    ArrowRight: () => right(view),
    ArrowLeft: () => left(view),
    Enter: () => enter(view.focused),
    "*": () => view.rows.open(view.forest.siblings(view.forest.get(view.focused).parent)) ?? view.draw(),
  };

  view.tree.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (view.focused === null) return;
    const { key } = event;
    if (steps[key]) steps[key]();
    else if (key.length === 1 && /[\p{L}\p{N}]/u.test(key)) beginning(key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function right(view) {
  const { children } = view.forest.get(view.focused);
  if (!children.length) return;
  if (view.rows.isOpen(view.focused)) view.step(1);
  else view.toggle(view.focused, true);
}

function left(view) {
  const { parent, children } = view.forest.get(view.focused);
  if (children.length && view.rows.isOpen(view.focused)) view.toggle(view.focused, false);
  else if (parent !== null) view.focus(parent);
}
