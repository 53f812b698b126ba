/** The page of one rule: tags are picked, and each change asks what the rule would break and contradict. */
import { TagField } from "./tag_field.js";

const form = document.getElementById("rule");
const kind = form.elements.kind;

function edited() {
  form.dispatchEvent(new CustomEvent("edited"));
}

/** Only the fields that this kind of rule has. */
function fit() {
  for (const field of form.querySelectorAll("[data-not-for]")) field.hidden = field.dataset.notFor === kind.value;
  for (const field of form.querySelectorAll("[data-only-for]")) field.hidden = field.dataset.onlyFor !== kind.value;
}

for (const place of form.querySelectorAll("[data-tag-field]")) new TagField(place, form.dataset.options, edited);
form.addEventListener("change", (event) => {
  fit();
  if (event.target.matches("select, [type=number]")) edited();
});
fit();
