/** What each key does on the review page. The list for people is templates/_keys.html. */
import { REPAIR_KEYS } from "./conflicts.js";
import { announce, text } from "./strings.js";

function showKeys() {
  document.getElementById("keys").showModal();
}

for (const button of document.querySelectorAll("[data-open=keys]")) button.addEventListener("click", showKeys);

/**
 * @param {{desk: import("./desk.js").Desk, send: Function, undo: Function, skipping: {open: Function}, talk: import("./talk.js").Talk}} page
 * @param {string} key
 * @returns {(() => void) | undefined}
 */
export function command(page, key) {
  const { desk } = page;
  if (/^[1-9]$/.test(key)) return () => desk.toggle(key - 1);
  if (REPAIR_KEYS.includes(key) && desk.conflicts.repair(key)) return () => desk.repair(key);
  return {
    ArrowDown: () => desk.focus.move(1),
    ArrowUp: () => desk.focus.move(-1),
    ArrowRight: () => desk.player.by(1),
    ArrowLeft: () => desk.player.by(-1),
    " ": () => desk.player.toggle(),
    "/": () => desk.search.open(),
    ".": () => desk.replace(),
    ",": () => announce(`${text("speed")} ${desk.player.faster()}`),
    a: () => desk.accept(),
    r: () => desk.reject(),
    j: () => desk.jump(1),
    k: () => desk.jump(-1),
    i: () => desk.spans.begin(),
    o: () => desk.spans.finish(),
    x: () => desk.spans.take(),
    "[": () => desk.spans.nudge(-1),
    "]": () => desk.spans.nudge(1),
    m: () => desk.player.mute(),
    c: () => desk.guidelines.confirm(),
    t: () => page.talk.open(desk.form),
    g: () => desk.form.querySelector(".guide").focus(),
    "?": showKeys,
    Enter: () => page.send("submit"),
    u: () => page.undo(),
    s: () => page.skipping.open(),
  }[key];
}
