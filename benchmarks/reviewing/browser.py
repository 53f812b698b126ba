"""The review page in a real Chromium, timed by the browser's own clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")

# Runs before the page's own scripts. A clip counts as shown when the frame that has it has been drawn: the first
# message after the frame's callbacks comes when its picture is made.
WATCH = """
window.shown = [];
let pressed = null;
addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = event.timeStamp; }, true);
new MutationObserver(() => {
  const task = document.getElementById("clip")?.dataset.task;
  if (!task || task === window.lastTask) return;
  window.lastTask = task;
  const from = pressed;
  pressed = null;
  if (from !== null) requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.shown.push(performance.now() - from);
    port2.postMessage(null);
  });
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["id"] });
"""
LOADED = """() => {
  const scripts = performance.getEntriesByType("resource").filter(({ name }) => /\\.(js|css)(\\?|$)/.test(name));
  const sum = (field) => scripts.reduce((total, entry) => total + entry[field], 0);
  const taxonomy = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/taxonomy/file/"));
  const page = performance.getEntriesByType("navigation")[0];
  return {
    usable_ms: performance.getEntriesByName("usable")[0].startTime,
    first_paint_ms: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    answer_ms: page.responseEnd,
    js_css_files: scripts.length,
    js_css_sent_kb: sum("transferSize") / 1000,
    js_css_plain_kb: sum("decodedBodySize") / 1000,
    html_sent_kb: page.transferSize / 1000,
    taxonomy_ms: Math.max(...taxonomy.map((entry) => entry.responseEnd)),
    taxonomy_sent_kb: taxonomy.reduce((total, entry) => total + entry.transferSize, 0) / 1000,
    taxonomy_plain_kb: taxonomy.reduce((total, entry) => total + entry.decodedBodySize, 0) / 1000,
  };
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's, else Playwright's own."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


def window(browser: Browser, address: str, cookie: str) -> BrowserContext:
    """A window with nothing in its cache, in which the cookie's person is signed in."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    name, value = cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": address}])
    context.add_init_script(WATCH)
    return context


def load(page: Page) -> dict[str, float]:
    """Go to the review page and wait until everything it asks for has come; what the browser says of it."""
    page.goto("/review/")
    _until(page, "performance.getEntriesByName('usable').length > 0")
    page.wait_for_load_state("networkidle")
    told: dict[str, float] = page.evaluate(LOADED)
    return told


def heap(page: Page) -> float:
    """Megabytes that the page's JavaScript holds after garbage collection."""
    tools = page.context.new_cdp_session(page)
    tools.send("HeapProfiler.collectGarbage")
    usage: dict[str, Any] = tools.send("Runtime.getHeapUsage")
    return float(usage["usedSize"]) / 1e6


def review(page: Page, rounds: int) -> list[float]:
    """Accept clip after clip with Enter; milliseconds from each key to the next clip on the screen."""
    for n in range(1, rounds + 1):
        if page.locator("#clip .notices .alert").count():  # the made suggestions break a made rule: take none
            page.keyboard.type("12345678")
        page.keyboard.press("Enter")
        _until(page, f"window.shown.length >= {n}")
        _until(page, "document.querySelector('#parked form') !== null")  # a person is slower than this
        page.wait_for_timeout(310)  # a second Enter within 300 ms counts as the first one again
    _until(page, "document.getElementById('saved').dataset.state === 'saved'")
    times: list[float] = page.evaluate("window.shown")
    return times


def _until(page: Page, true: str) -> None:
    """Wait for an expression. Playwright's own wait evaluates text, which the page's security policy forbids."""
    page.evaluate(f"() => new Promise((done) => (function look() {{ {true} ? done() : setTimeout(look, 5); }})())")
