/** Ruling on the disputed tags of a clip: the keys press the buttons of the tag in focus, so the page works without them. */
import { listen } from "./keys.js";
import { Player } from "./player.js";
import { TagFocus } from "./tag_focus.js";

const clip = document.getElementById("clip");
const focus = new TagFocus(clip);
const player = new Player(clip);

/** What a key does to the tag in focus: its button, or its field. @param {string} key */
function press(key) {
  const part = focus.row?.querySelector(`[data-key="${key}"]`) ?? newest()?.querySelector(`[data-key="${key}"]`);
  if (!part) return;
  if (part instanceof HTMLInputElement) part.focus();
  else part.click();
}

/** The tag that was ruled on last: what one wants to take back, or to make an example, when the focus has moved on. */
function newest() {
  const ruled = [...clip.querySelectorAll("[data-ruling]")];
  return ruled.sort((one, other) => Number(other.dataset.ruling) - Number(one.dataset.ruling))[0];
}

function jump() {
  const starts = focus.stretches;
  if (starts.length > 1) player.jump(starts, 1);
  else focus.row?.querySelector("[data-seek]")?.click();
}

const KEYS = {
  ArrowDown: () => focus.move(1),
  ArrowUp: () => focus.move(-1),
  ArrowRight: () => player.by(1),
  ArrowLeft: () => player.by(-1),
  " ": () => player.toggle(),
  m: () => player.mute(),
  j: jump,
  Enter: () => document.getElementById("next").click(),
  ...Object.fromEntries(["a", "r", "c", "u", "e"].map((key) => [key, () => press(key)])),
};

listen((key) => KEYS[key]);

// Escape leaves the reason for the tag; Enter in it would not know which of the two rulings is meant.
clip.addEventListener("keydown", (event) => {
  if (!event.target.matches(".ruling input") || !["Escape", "Enter"].includes(event.key) || event.isComposing) return;
  event.preventDefault();
  focus.to(focus.row);
});

const first = clip.querySelector(".dispute.open") ?? clip.querySelector(".dispute");
if (first) focus.to(first);
player.start();
