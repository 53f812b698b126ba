/** Moving a row with the mouse: before, behind or into the row below the pointer. */
const OPEN_AFTER = 700; // milliseconds that the pointer must rest on a closed branch to open it

/**
 * @param {import("./tree_view.js").TreeView} view
 * @param {(code: string, parent: string | null, after?: string | null) => void} place
 */
export function dragging(view, place) {
  let dragged = null;
  let target = null; // {code, where}
  let timer = 0;

  const row = (event) => event.target.closest?.("[role=treeitem]");
  const clear = () => {
    clearTimeout(timer);
    if (target) view.element(target.code)?.removeAttribute("data-drop");
    target = null;
  };
  const aim = (element, where) => {
    const { code } = element.dataset;
    if (target?.code === code && target.where === where) return;
    clear();
    target = { code, where };
    element.dataset.drop = where;
    if (where === "inside" && view.forest.get(code).children.length && !view.rows.isOpen(code)) {
      timer = setTimeout(() => view.toggle(code, true), OPEN_AFTER);
    }
  };

  view.addEventListener("draw", ({ detail }) => (detail.element.draggable = true));
  view.tree.addEventListener("dragstart", (event) => {
    dragged = row(event)?.dataset.code ?? null;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged ?? "");
  });
  view.tree.addEventListener("dragover", (event) => {
    const element = row(event);
    if (!dragged || !element || view.forest.within(element.dataset.code, dragged)) return clear();
    const box = element.getBoundingClientRect();
    const part = (event.clientY - box.top) / box.height;
    aim(element, part < 0.28 ? "before" : part > 0.72 ? "behind" : "inside");
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  view.tree.addEventListener("dragleave", (event) => {
    if (!view.tree.contains(event.relatedTarget)) clear();
  });
  view.tree.addEventListener("drop", (event) => {
    event.preventDefault();
    const [code, aimed] = [dragged, target];
    clear();
    dragged = null;
    if (code && aimed) drop(view.forest, code, aimed, place);
  });
  view.tree.addEventListener("dragend", () => {
    clear();
    dragged = null;
  });
}

function drop(forest, code, { code: at, where }, place) {
  if (where === "inside") return place(code, at);
  const { parent } = forest.get(at);
  const siblings = forest.siblings(parent).filter((sibling) => sibling !== code);
  const after = where === "behind" ? at : siblings[siblings.indexOf(at) - 1] ?? null;
  return place(code, parent, after);
}
