/** A box that finds tags while one types: the server answers by name, alias or pinyin. */
import { FoundList } from "../found_list.js";
import { Questions } from "../questions.js";
import { laterWhenOnline } from "../server.js";
import { announce, text } from "../strings.js";

const WAIT = 90; // milliseconds without a key before the server is asked

/** @typedef {{id: number, code?: string, name: string, path: string[], kind: string, matched?: string}} Found */
export class TagFinder {
  #questions = new Questions(WAIT);

  /**
   * @param {HTMLInputElement} input @param {HTMLUListElement} list @param {string} address that answers ?q=
   * @param {(tag: Found) => void} take @param {{more?: (words: string) => Found[]}} options more: found on the page itself
   */
  constructor(input, list, address, take, { more = () => [] } = {}) {
    Object.assign(this, { input, address, more });
    this.list = new FoundList(input, list, {
      look: () => this.#look(),
      take: ({ tag }) => take(tag),
      leave: ({ key }) => this.#left(key, list),
      closed: () => this.#questions.drop(),
    });
  }

  async #look() {
    const words = this.input.value.trim();
    if (!words) return this.list.close();
    try {
      const answer = await this.#questions.ask(`${this.address}?q=${encodeURIComponent(words)}`);
      if (answer) this.#show(once([...this.more(words), ...answer]));
    } catch (error) {
      laterWhenOnline(error);
      this.#show(this.more(words));
      announce(text("offline"));
    }
  }

  #show(found) {
    this.list.show(found.map((tag) => ({ ...tag, tag, path: tag.path.join(" › ") || text(without(tag)) })));
  }

  /** Escape closes the list; where none is open, the keys belong to the page. */
  #left(key, list) {
    if (key !== "Escape" || list.hidden) return false;
    this.list.close();
    return true;
  }
}

/** What is said of a tag that nothing stands above. */
const without = ({ kind }) => (kind === "category" ? "top" : "openTag");

/** Each tag once: the page and the server may both have found it. */
function once(found) {
  const known = new Set();
  return found.filter(({ id }) => id === null || (!known.has(id) && known.add(id)));
}
