/** One tag, yes or no: the keys press the buttons, so the page works without them. */
import { listen } from "./keys.js";
import { Player } from "./player.js";
import { TagFocus } from "./tag_focus.js";

const clip = document.getElementById("clip");
const focus = new TagFocus(clip);
const player = new Player(clip);

function jump() {
  const starts = focus.stretches;
  if (starts.length > 1) player.jump(starts, 1);
  else focus.row.querySelector("[data-seek]")?.click();
}

const KEYS = {
  ArrowRight: () => player.by(1),
  ArrowLeft: () => player.by(-1),
  " ": () => player.toggle(),
  m: () => player.mute(),
  j: jump,
  ...Object.fromEntries(["y", "n", "s"].map((key) => [key, () => clip.querySelector(`[data-key="${key}"]`).click()])),
};

listen((key) => KEYS[key]);
focus.to(focus.row);
player.start();
