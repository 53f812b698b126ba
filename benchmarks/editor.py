"""The taxonomy's page in Chromium over gunicorn: cold start to keys working, bytes, memory, keys to pictures."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from statistics import median

from django.contrib.auth.models import Group, User
from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.reviewing import browser, content
from benchmarks.site import gunicorn
from taxonomy import names, versions
from taxonomy.models import Tag, TagName

LEVELS = (10, 10, 10)  # branches of each node above the leaves
LOADED = """() => {
  const sizes = performance.getEntriesByType("resource");
  const sum = (part, field) =>
    sizes.filter(({ name }) => part.test(name)).reduce((total, one) => total + one[field], 0) / 1000;
  const page = performance.getEntriesByType("navigation")[0];
  return {
    usable_ms: performance.getEntriesByName("usable")[0].startTime,
    answer_ms: page.responseEnd,
    js_css_sent_kb: sum(/\\.(js|css)(\\?|$)/, "transferSize"),
    tree_sent_kb: sum(/\\/taxonomy\\/tree\\//, "transferSize"),
    tree_plain_kb: sum(/\\/taxonomy\\/tree\\//, "decodedBodySize"),
    rows_in_document: document.querySelectorAll("[role=treeitem]").length,
  };
}"""
# Milliseconds from a key to the picture that shows what it did: the longest of opening the widest branches one by one.
OPENED = """async () => {
  const tree = document.querySelector("[role=tree]");
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const drawn = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  }));
  tree.querySelector("[tabindex='0']").focus();
  const times = [];
  for (let n = 0; n < 40; n++) {
    const start = performance.now();
    press(n % 2 ? "ArrowDown" : "*");
    await drawn();
    times.push(performance.now() - start);
  }
  return times;
}"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tags", type=int, nargs="+", default=[800, 20_000], help="leaves, in rising order")
    parser.add_argument("--loads", type=int, default=7, help="of the page, each with an empty cache")


def run(options: Namespace) -> dict[str, object]:
    editor = User.objects.create(username="editor", password="!")
    editor.groups.add(Group.objects.get(name="editor"))
    cookie = content.sign_in(editor)
    figures: dict[str, object] = {"bound_usable_ms": 800, "bound_heap_mb": 60}
    for tags in options.tags:
        _grow(tags)
        with gunicorn() as address, browser.chromium() as chromium:
            figures[f"with_{tags}_tags"] = _measure(chromium, address, cookie, options.loads)
        print(f"editor: {tags} tags done", file=sys.stderr, flush=True)
    return figures | {"load_average": round(os.getloadavg()[0], 1)}


def _measure(chromium: Browser, address: str, cookie: str, loads: int) -> dict[str, float]:
    told, warm, heaps, opened = [], [], [], []
    for n in range(loads + 2):
        window = browser.window(chromium, address, cookie)
        page = window.new_page()
        first, again = _load(page), _load(page)
        if n >= 2:  # both processes of the server have drawn the page once
            told.append(first)
            warm.append(again["usable_ms"])
            heaps.append(browser.heap(page))
            opened += page.evaluate(OPENED)
            heaps.append(browser.heap(page))
        window.close()
    figures = {name: round(median(one[name] for one in told), 1) for name in told[0]}
    return {
        **figures,
        "usable_worst_ms": round(max(one["usable_ms"] for one in told), 1),
        "warm_usable_ms": round(median(warm), 1),
        "heap_mb": round(median(heaps), 1),
        "heap_worst_mb": round(max(heaps), 1),
        "key_to_picture_p50_ms": round(median(opened), 1),
        "key_to_picture_worst_ms": round(max(opened), 1),
    }


def _load(page: Page) -> dict[str, float]:
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _spent(tools)
    page.goto("/taxonomy/")
    page.evaluate("""() => new Promise((done) => (function look() {
        performance.getEntriesByName("usable").length ? done() : setTimeout(look, 5);
    })())""")
    page.wait_for_load_state("networkidle")
    told: dict[str, float] = page.evaluate(LOADED)
    return told | {"main_thread_cpu_ms": _spent(tools) - before}


def _spent(tools: CDPSession) -> float:
    """Milliseconds of CPU time that the page's main thread has used: what a busy machine does not change."""
    metrics = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def _grow(leaves: int) -> None:
    """Four levels with as many leaves, each tag with an English and a Chinese name, published."""
    level: list[Tag] = list(Tag.objects.filter(depth=len(LEVELS)))
    if not level:
        for depth, width in enumerate(LEVELS, start=1):
            above: list[Tag | None] = [*level] if level else [None]
            level = Tag.objects.bulk_create(
                _tag(f"{depth}-{n}-{k}", up, k) for n, up in enumerate(above) for k in range(width)
            )
            level = list(Tag.objects.filter(depth=depth))
    missing = range(Tag.objects.filter(depth=len(LEVELS) + 1).count(), leaves)
    Tag.objects.bulk_create(_tag(f"leaf-{n}", level[n % len(level)], n) for n in missing)
    TagName.objects.bulk_create(
        (row for tag in Tag.objects.filter(names=None) for row in _names(tag)), batch_size=5_000
    )
    versions.publish()


def _tag(code: str, parent: Tag | None, position: int) -> Tag:
    depth = parent.depth if parent else None
    return Tag(code=code, name=f"Tag {code}", parent=parent, parent_depth=depth, position=position)


def _names(tag: Tag) -> list[TagName]:
    chinese = "".join("山水风云花鸟鱼虫天地"[int(digit)] for digit in str(tag.pk))
    return [
        names.make(tag, tag.name, language="en", preferred=True),
        names.make(tag, f"标签{chinese}", language="zh", preferred=True),
    ]
