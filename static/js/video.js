/** The page of one video: the waveform, the filmstrip and the moments of suggestions lead into the clip. */
import { frame } from "./box.js";

const player = document.querySelector("[data-player]");

function seek(seconds) {
  player.currentTime = seconds;
  player.play().catch(() => {}); // a browser may refuse to play by itself; the picture is there then
}

if (player) {
  const second = document.querySelector(".moment [name=second]");
  if (second) {
    for (const event of ["pause", "seeked"]) {
      player.addEventListener(event, () => (second.value = player.currentTime.toFixed(2)));
    }
  }
  document.querySelector("[data-seek-bar]").addEventListener("click", (event) => {
    const picture = event.target.closest(".wave, .film");
    if (!picture) return;
    const { left, width } = picture.getBoundingClientRect();
    seek(((event.clientX - left) / width) * Number(event.currentTarget.dataset.seekBar));
  });
  // Also of the parts that come later: reviews with the times they tell.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-seek]");
    if (!button) return;
    if (!button.dataset.box) return seek(Number(button.dataset.seek));
    frame(player, button.dataset.box);
    player.currentTime = Number(button.dataset.seek);
  });
} else {
  for (const button of document.querySelectorAll("[data-seek]")) button.disabled = true;
}
