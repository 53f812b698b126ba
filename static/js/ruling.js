/** A ruling that says otherwise than the reader did: look at the clip, then go on. */
import { begin, focus } from "./clip_page.js";

begin({ Enter: () => document.getElementById("on").click() }, focus.row);
