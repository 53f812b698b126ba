/** What every page has: the theme switch, menus that close, forms sent by their select, tables that scroll. */
import "./theme.js";
import "./menu.js";

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// A table that is wider than its place can be scrolled with the keyboard too.
for (const place of document.querySelectorAll(".scroll")) {
  if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
}
