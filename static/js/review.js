/** The review page: clips come and go, reviews are sent behind the reviewer's back, nothing entered is lost. */
import { Catalogue } from "./catalogue.js";
import { command } from "./commands.js";
import { Desk } from "./desk.js";
import { listen } from "./keys.js";
import { Leases } from "./leases.js";
import { NextClips } from "./next_clips.js";
import { Outbox } from "./outbox.js";
import { SavedSign } from "./saved_sign.js";
import { address, clipFrom, laterWhenOnline, Offline, operation, post } from "./server.js";
import { label, labels } from "./shortcuts.js";
import { SkipMenu } from "./skip_menu.js";
import { showStats } from "./stats.js";
import { announce, sentence, text } from "./strings.js";
import { Talk } from "./talk.js";
import { WorkClock } from "./work_clock.js";

const BOUNCE = 300; // milliseconds in which a second Enter is still the first one: nobody has seen the next clip by then
const addresses = document.getElementById("main").dataset;
const undoing = document.getElementById("undo");

class ReviewPage {
  #desks = new WeakMap();
  #sent = new WeakSet();
  #busy = false;
  #leaving = false;
  #sentAt = -BOUNCE;

  constructor() {
    label(document);
    this.catalogue = new Catalogue();
    this.outbox = new Outbox();
    this.next = new NextClips(document.getElementById("parked"), addresses.next);
    this.leases = new Leases(document.getElementById("lease"), (form, message) => this.#lost(form, message));
    this.work = new WorkClock();
    this.skipping = new SkipMenu(document.getElementById("skip"), () => this.desk.rest());
    this.talk = new Talk(document.getElementById("talk"), () => this.desk.rest());
    new SavedSign(document.getElementById("saved"), this.outbox);
    this.outbox.addEventListener("stored", ({ detail }) => this.#stored(detail));
    this.outbox.addEventListener("refused", ({ detail }) => this.#refused(detail));
    this.#open(document.getElementById("clip"));
    this.#study();
    this.#bind();
  }

  get form() {
    return this.desk.form;
  }

  /** Send the clip on the screen and show the next one at once. @param {"submit" | "skip" | "give_back"} action */
  send(action) {
    if (this.#busy) return;
    if (this.#sent.has(this.form)) return this.#advance();
    if (action === "submit" && this.desk.conflicts.any && this.catalogue.ready) {
      this.desk.conflicts.stress();
      return announce(text("conflictFirst"));
    }
    if (action === "submit" && this.desk.guidelines.asked) {
      this.desk.guidelines.show(this.desk.guidelines.asked.closest("[data-guideline]").dataset.guideline);
      return announce(sentence("confirmFirst", labels));
    }
    const more = action !== "give_back" && this.next.waiting.length < 2; // one of them is about to be shown
    this.outbox.send(this.#parcel(this.form, this.#body(action), more));
    this.#sent.add(this.form);
    if (action === "give_back") this.#stop();
    else this.#advance();
  }

  /** The key that sends. Pressed twice by mistake it sends one clip, not also the next one, unseen. */
  sendByKey() {
    if (performance.now() - this.#sentAt < BOUNCE && !this.desk.verdicts.touched) return;
    const { form } = this;
    const unsent = !this.#sent.has(form);
    this.send("submit");
    if (unsent && this.#sent.has(form)) this.#sentAt = performance.now(); // not where it waits for an answer of theirs
  }

  /** One verdict back; where there is none, the clip before. */
  async undo() {
    this.#sentAt = -Infinity; // who undoes has seen where they are: the next Enter is meant
    if (this.#busy || this.desk.undo()) return;
    if (this.outbox.failing) return announce(text("unsaved"));
    const { form } = this;
    await this.#alone(async () => {
      await this.outbox.drained();
      if (this.form !== form) return; // a refused clip has come back: that is the one before
      const answer = await post(address(undoing), new URLSearchParams({ operation: operation() }));
      const { clip, stats, message, url, words } = [200, 409].includes(answer.status) ? await answer.json() : {};
      if (stats) showStats(stats);
      if (clip) return this.#swap(clipFrom(clip), text("undone"));
      announce(message ?? text("nothingToUndo"));
      if (message) this.desk.notice(message, url ? [[words, () => location.assign(url)]] : []);
    });
  }

  #body(action) {
    const body = new URLSearchParams(new FormData(this.form));
    const { seconds, keystrokes } = this.work.done;
    body.set("seconds", seconds.toFixed(1));
    body.set("keystrokes", String(keystrokes));
    body.set("edits", String(this.desk.verdicts.edits));
    body.set("action", action);
    body.delete("add_name");
    if (action !== "skip") body.delete("skip_reason");
    if (action !== "hand_over") for (const name of ["to", "note"]) body.delete(name);
    return body;
  }

  /** Get the taxonomy. Without it the page works on, and the server checks the rules alone. */
  async #study() {
    try {
      await this.catalogue.load(addresses.taxonomy, this.form.dataset.line);
    } catch {
      return announce(text("offline"));
    }
    this.desk.check();
  }

  #parcel(form, body, more = false) {
    return { form, url: address(form), body, taken: more ? () => this.#taken() : undefined };
  }

  /** Give back the clips that wait too, and go. */
  #stop() {
    this.#leaving = true;
    for (const form of this.next.waiting) {
      const values = { operation: operation(), token: form.elements.token.value, action: "give_back" };
      this.outbox.send(this.#parcel(form, new URLSearchParams(values)));
    }
    this.#leave("/");
  }

  async #advance() {
    const waiting = this.next.take();
    if (waiting) return this.#open(waiting, text("next"));
    const { form } = this;
    await this.#alone(async () => {
      announce(text("loading"));
      form.inert = true;
      // A reviewer may hold so many clips at a time: those on their way count until they have arrived.
      const found = (await this.#fill()) || (await this.outbox.drained().then(() => this.#fill()));
      if (this.form !== form || !this.#sent.has(form)) return; // a refused clip is back meanwhile
      if (found) this.#open(this.next.take(), text("next"));
      else this.#leave(`${addresses.enter}?line=${form.dataset.line}`);
    });
  }

  /** Nothing more to show here: wait for what is on its way, then go. */
  async #leave(address) {
    this.form.inert = true;
    await this.outbox.drained();
    if (!this.#sent.has(this.form)) return; // it was refused and needs its reviewer
    this.#leaving = true;
    location.assign(address);
  }

  /** Show another clip and keep the one on the screen as the next. */
  #swap(form, why) {
    this.#open(form, why, !this.#sent.has(this.form));
  }

  #open(form, why = "", keep = false) {
    const former = this.desk;
    if (former) this.#close(former, form);
    if (keep) this.next.park(former.form); // before another is asked for: it counts as taken
    form.id = "clip";
    form.inert = false;
    this.desk = this.#deskOf(form);
    this.work.start(this.desk.work);
    this.leases.hold(form);
    this.leases.show(form);
    this.skipping.reset();
    if (former) history.replaceState(null, "", address(form));
    this.desk.check();
    this.desk.rest();
    this.desk.player.start();
    if (why) announce(`${why} ${form.dataset.title}`);
    this.#fill().catch(laterWhenOnline);
  }

  #deskOf(form) {
    if (!this.#desks.has(form)) {
      label(form);
      this.#desks.set(form, new Desk(form, this.catalogue));
    }
    return this.#desks.get(form);
  }

  #close(desk, form) {
    desk.work = this.work.done;
    desk.player.stop();
    desk.form.removeAttribute("id");
    desk.form.replaceWith(form);
  }

  /** See to it that a clip waits. @returns {Promise<boolean>} */
  async #fill() {
    while (!this.next.waiting.length && this.outbox.bringing) await this.outbox.tried();
    const found = await this.next.fill(this.form.dataset.line, this.#taken());
    for (const form of this.next.waiting) {
      this.leases.hold(form);
      this.#deskOf(form); // while the reviewer still looks at the clip before: the key Enter waits for less
    }
    return found;
  }

  /** @returns {string[]} tasks on the screen, on their way, or waiting */
  #taken() {
    const forms = [this.form, ...this.outbox.parcels.map((parcel) => parcel.form), ...this.next.waiting];
    return [...new Set(forms.map((form) => form.dataset.task))];
  }

  #stored({ parcel, content }) {
    this.leases.release(parcel.form);
    if (content.stats) showStats(content.stats);
    if (content.clip) this.next.bring(content.clip);
    const stuck = this.#sent.has(this.form) && !this.outbox.parcels.length; // there was no network to go on with
    if (stuck && !this.#busy && !this.#leaving) return this.#advance();
    this.#fill().catch(laterWhenOnline); // there is room for one more now
  }

  /** The server said no: the clip comes back as it was left, with the reason. */
  #refused({ parcel: { form }, status, content }) {
    if (this.#leaving) return;
    this.#sent.delete(form);
    if (this.form !== form) this.#swap(form, text("back"));
    form.inert = false;
    const reasons = content.errors?.map((error) => error.text).join(" ");
    this.desk.notice(content.message || reasons || text("back"), status === 422 ? [] : [this.#drop(form)]);
    if (content.conflicts?.length) this.desk.conflicts.tell(content.conflicts);
    const asking = content.errors?.filter((error) => error.field === "confirm") ?? [];
    if (asking.length) this.#ask(asking.map((error) => error.tag));
  }

  /** Guidelines that are to be confirmed first: published since the clip was drawn, or of tags that were added. */
  async #ask(tags) {
    for (const tag of tags) await this.desk.guidelines.fetch(tag, { anew: true });
    this.desk.guidelines.show(String(tags[0]));
  }

  #lost(form, message) {
    if (form !== this.form) return this.next.remove(form);
    this.desk.notice(message || text("leaseLost"), [this.#drop(form)]);
  }

  /** The way on from a clip that cannot be sent any more. @returns {[string, () => void]} */
  #drop(form) {
    return [
      text("drop"),
      () => {
        this.leases.release(form);
        this.#sent.add(form);
        this.#advance();
      },
    ];
  }

  /** Do something during which no other step may be taken. */
  async #alone(step) {
    this.#busy = true;
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      this.form.inert = false;
      this.desk.notice(text("offline"), [[text("tryAgain"), () => this.#advance()]]);
    } finally {
      this.#busy = false;
    }
  }

  #bind() {
    document.addEventListener("submit", (event) => this.#submitted(event));
    window.addEventListener("beforeunload", (event) => {
      const work = this.outbox.parcels.length || (this.desk.verdicts.touched && !this.#sent.has(this.form));
      if (work && !this.#leaving) event.preventDefault();
    });
    document.getElementById("keys").addEventListener("close", () => this.desk.rest());
    listen((key) => command(this, key));
  }

  #submitted(event) {
    if (event.target === undoing) {
      event.preventDefault();
      this.undo();
    } else if (event.target === this.form) {
      event.preventDefault();
      this.send(event.submitter?.value ?? "submit");
    }
  }
}

new ReviewPage();
performance.mark("usable"); // keys work from here on; shown by the browser's tools, measured by benchmarks/page.py
