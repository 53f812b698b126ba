/** A clip beside single tags that something is asked about: the keys of its player, and those that a page adds. */
import { listen } from "./keys.js";
import { Player } from "./player.js";
import { TagFocus } from "./tag_focus.js";

export const clip = document.getElementById("clip");
export const focus = new TagFocus(clip);
const player = new Player(clip);

function jump() {
  const starts = focus.stretches;
  if (starts.length > 1) player.jump(starts, 1);
  else focus.row?.querySelector("[data-seek]")?.click();
}

const PLAYER = {
  ArrowRight: () => player.by(1),
  ArrowLeft: () => player.by(-1),
  " ": () => player.toggle(),
  m: () => player.mute(),
  j: jump,
};

/**
 * Listen to the keys, put the focus on a tag and let the clip play.
 * @param {Record<string, () => void>} keys of the page, beside those of the player
 * @param {HTMLElement | null} row of the tag
 */
export function begin(keys, row) {
  const all = { ...PLAYER, ...keys };
  listen((key) => all[key]);
  if (row) focus.to(row);
  player.start();
}
