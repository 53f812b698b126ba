/** The page of one guideline: clips are picked from those that were found, and taken out again. */
import { announce, sentence } from "./strings.js";

const form = document.getElementById("guideline");
const pattern = document.getElementById("picked");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) pick(button.dataset.pick, button.closest(".pick").dataset);
});

/** @param {"examples" | "counter_examples"} name @param {DOMStringMap} clip */
function pick(name, { id, title, poster }) {
  for (const known of form.querySelectorAll(`.picked input[value="${id}"]`)) known.closest(".picked").remove();
  const chip = pattern.content.firstElementChild.cloneNode(true);
  const input = chip.querySelector("input");
  input.name = name;
  input.value = id;
  const image = chip.querySelector("img");
  if (poster) image.src = poster;
  else image.remove();
  chip.querySelector("span").textContent = title;
  form.querySelector(`[data-picked="${name}"]`).append(removable(chip));
  announce(title);
}

function removable(chip) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", sentence("takeOut", { tag: chip.querySelector("span").textContent }));
  button.addEventListener("click", () => chip.remove());
  chip.append(button);
  return chip;
}

// The clips that were chosen before come from the server.
for (const list of form.querySelectorAll("[data-picked]")) {
  list.addEventListener("htmx:afterSwap", () => {
    for (const chip of list.querySelectorAll(".picked:not(:has(button))")) removable(chip);
  });
}
