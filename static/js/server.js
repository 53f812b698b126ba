/** Requests to the server. */

/** The newest token: signing in again in another window changes it. */
function csrf() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]) : document.querySelector("[name=csrfmiddlewaretoken]").value;
}

/** There is no network, or no server. */
export class Offline extends Error {}

/** For `catch`: work that will be asked for again may fail without a network, and in no other way. */
export function laterWhenOnline(error) {
  if (!(error instanceof Offline)) throw error;
}

/** `fetch` that follows nothing: the only redirect is to the sign-in page, and that is no answer. */
export async function request(url, options) {
  try {
    return await fetch(url, { redirect: "manual", ...options });
  } catch (error) {
    if (error instanceof TypeError) throw new Offline(error.message, { cause: error });
    throw error;
  }
}

/**
 * @param {string} url
 * @param {URLSearchParams} body
 * @param {string} accept media type of the answer
 * @returns {Promise<Response>}
 */
export function post(url, body, accept = "application/json") {
  const headers = { Accept: accept, "X-CSRFToken": csrf(), "X-Requested-With": "XMLHttpRequest" };
  return request(url, { method: "POST", body, headers });
}

/** A random operation id, also where the page is not served over HTTPS. */
export function operation() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** @param {string} html a clip as the server draws it @returns {HTMLFormElement} not yet in the page */
export function clipFrom(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const form = template.content.querySelector("form.clip");
  form.removeAttribute("id");
  return document.importNode(form, true);
}

/** Where a clip is sent to. `form.action` would be its buttons of that name. @param {HTMLFormElement} form */
export function address(form) {
  return form.getAttribute("action");
}

/** Send data as JSON. @param {string} method @param {string} url @param {object} [data] @returns {Promise<Response>} */
export function send(method, url, data) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() };
  return request(url, { method, headers, body: data && JSON.stringify(data) });
}
