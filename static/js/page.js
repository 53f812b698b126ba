/** What every page has: the theme switch, menus that close, forms sent by their select. */
import "./theme.js";
import "./menu.js";

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
