/** The words of the page, translated by the server. */
const words = document.getElementById("strings").dataset;

/** @param {string} name as in the template's data attributes, in camel case */
export function text(name) {
  return words[name] ?? name;
}

/** Fill `{name}` in a translated sentence. @param {string} name @param {Record<string, string>} values */
export function sentence(name, values) {
  return text(name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

const announcer = document.getElementById("announcer");

/** Say it to people who listen to the page. */
export function announce(message) {
  announcer.textContent = message;
}

/** @param {number} seconds @returns {string} as players show it: 0:07 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The same to the tenth of a second, as people set it. @param {number} seconds */
export function tenths(seconds) {
  const all = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  return `${clock(all / 10)}.${all % 10}`;
}
