/** What publishing the change set would touch, counted by the server while somebody looks at it. */
import { laterWhenOnline, request } from "../server.js";

const REST = 800; // milliseconds without an edit before it is counted again

export class Impact {
  #timer = 0;
  #asked = null;

  /** @param {HTMLDetailsElement} place @param {import("./change_set.js").ChangeSet} set */
  constructor(place, set) {
    Object.assign(this, { place, set });
    place.addEventListener("toggle", () => this.#count());
    set.addEventListener("change", () => this.#changed());
  }

  #changed() {
    this.place.hidden = !this.set.stored.length;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#count(), REST);
  }

  async #count() {
    this.#asked?.abort();
    if (!this.place.open || this.place.hidden) return;
    const { signal } = (this.#asked = new AbortController());
    try {
      const answer = await request(`${this.set.address}${this.set.id}/impact/`, { signal });
      if (answer.ok) this.#show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") laterWhenOnline(error);
    }
  }

  #show(counts) {
    const list = document.createElement("ul");
    for (const { label, count } of counts) {
      const item = document.createElement("li");
      const number = document.createElement("b");
      number.textContent = count.toLocaleString(document.documentElement.lang);
      item.append(`${label}: `, number);
      list.append(item);
    }
    const none = Object.assign(document.createElement("p"), { textContent: this.place.dataset.none });
    this.place.querySelector("div").replaceChildren(counts.length ? list : none);
  }
}
