/** Light, dark or as the system has it. The server reads the cookie, so a page never flashes. */
const root = document.documentElement;
const buttons = document.querySelectorAll("[data-theme-switch] button");

function show() {
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(button.value === (root.dataset.theme ?? "")));
  }
}

/** @param {string} theme "light", "dark" or "" for the system's */
function choose(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.cookie = `theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;
  show();
}

for (const button of buttons) button.addEventListener("click", () => choose(button.value));
show();
