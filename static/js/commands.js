/** What each key does on the review page. Keys, and the list for people, come from annotation/shortcuts.py. */
import { REPAIR_KEYS } from "./conflicts.js";
import { commandOf } from "./shortcuts.js";
import { announce, text } from "./strings.js";

function showKeys() {
  document.getElementById("keys").showModal();
}

for (const button of document.querySelectorAll("[data-open=keys]")) button.addEventListener("click", showKeys);

/**
 * @param {{desk: import("./desk.js").Desk, send: Function, sendByKey: Function, undo: Function, skipping: {open: Function}, talk: import("./talk.js").Talk}} page
 * @param {string} key
 * @returns {(() => void) | undefined}
 */
export function command(page, key) {
  const { desk } = page;
  if (/^[1-9]$/.test(key)) return () => desk.toggle(key - 1);
  if (REPAIR_KEYS.includes(key) && desk.conflicts.repair(key)) return () => desk.repair(key);
  return actions(page)[commandOf(key)];
}

function actions(page) {
  const { desk } = page;
  return {
    send: () => page.sendByKey(),
    down: () => desk.focus.move(1),
    up: () => desk.focus.move(-1),
    accept: () => desk.accept(),
    reject: () => desk.reject(),
    replace: () => desk.replace(),
    add: () => desk.search.open(),
    undo: () => page.undo(),
    skip: () => page.skipping.open(),
    hand_over: () => page.skipping.handOver(),
    play: () => desk.player.toggle(),
    back: () => desk.player.by(-1),
    forth: () => desk.player.by(1),
    jump: () => desk.jump(1),
    jump_back: () => desk.jump(-1),
    begin: () => desk.spans.begin(),
    finish: () => desk.spans.finish(),
    take: () => desk.spans.take(),
    earlier: () => desk.spans.nudge(-1),
    later: () => desk.spans.nudge(1),
    faster: () => announce(`${text("speed")} ${desk.player.faster()}`),
    mute: () => desk.player.mute(),
    guideline: () => desk.form.querySelector(".guide").focus(),
    confirm: () => desk.guidelines.confirm(),
    talk: () => page.talk.open(desk.form),
    keys: showKeys,
  };
}
