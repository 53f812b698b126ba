/** One tag, yes or no: the keys press the buttons, so the page works without them. */
import { begin, clip, focus } from "./clip_page.js";

const press = (key) => [key, () => clip.querySelector(`[data-key="${key}"]`).click()];
const u = () => document.querySelector("#undo button")?.click();
begin({ ...Object.fromEntries(["y", "n", "s"].map(press)), u }, focus.row);
