/** What a verdict for a group did: go on, or take all of it back. */
import { listen } from "./keys.js";

listen((key) => ({ u: () => document.querySelector("#undo button")?.click(), Enter: () => document.getElementById("on").click() })[key]);
