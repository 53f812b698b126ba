/** Fields that take the key that is pressed in them. Tab, Enter with nothing else and what browsers need go on as ever. */
const NAMES = { " ": "Space", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
const LEFT_ALONE = new Set(["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "CapsLock", "Process", "Unidentified"]);

for (const field of document.querySelectorAll("#own-keys .key")) {
  field.addEventListener("focus", () => field.select());
  field.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || LEFT_ALONE.has(key)) return;
    event.preventDefault();
    field.value = key === "Backspace" || key === "Delete" ? "" : (NAMES[key] ?? key.toLowerCase().replace("enter", "Enter"));
    field.select();
  });
}
