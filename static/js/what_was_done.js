/** After something was done: go on, or take it back. */
import { listen } from "./keys.js";

listen((key) => ({ u: () => document.querySelector("#undo button")?.click(), Enter: () => document.getElementById("on")?.click() })[key]);
