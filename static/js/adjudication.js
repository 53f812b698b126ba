/** Ruling on the disputed tags of a clip: the keys press the buttons of the tag in focus, so the page works without them. */
import { begin, clip, focus } from "./clip_page.js";

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

// Escape leaves the reason for the tag; Enter in it would not know which of the two rulings is meant.
clip.addEventListener("keydown", (event) => {
  if (!event.target.matches(".ruling input") || !["Escape", "Enter"].includes(event.key) || event.isComposing) return;
  event.preventDefault();
  focus.to(focus.row);
});

begin(
  {
    ArrowDown: () => focus.move(1),
    ArrowUp: () => focus.move(-1),
    Enter: () => document.getElementById("next").click(),
    ...Object.fromEntries(["a", "r", "c", "u", "e"].map((key) => [key, () => press(key)])),
  },
  clip.querySelector(".dispute.open") ?? clip.querySelector(".dispute"),
);
