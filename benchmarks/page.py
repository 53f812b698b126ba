"""The review page in Chromium over gunicorn: cold and warm start, bytes, memory, and from Enter to the next clip."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser

from annotation.demo import clips as demo
from benchmarks.reviewing import browser, content
from benchmarks.site import gunicorn
from tagging import clips
from tagging.models import Media, Video
from taxonomy import names, versions
from taxonomy.models import Tag, TagName


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tags", type=int, nargs="+", default=[800, 20_000], help="assignable tags, in rising order")
    parser.add_argument("--loads", type=int, default=7, help="of the page, each with an empty cache")
    parser.add_argument("--rounds", type=int, default=30, help="reviews")
    parser.add_argument("--clips", type=int, default=6, help="different ones that are filmed")


def run(options: Namespace) -> dict[str, object]:
    made = content.make(tasks=len(options.tags) * (options.rounds + 10) + 50, held=0, reviewers=len(options.tags))
    _film(options.clips)
    figures: dict[str, object] = {"bound_cold_ms": 800, "bound_js_css_kb": 250, "bound_next_ms": 100}
    for tags, cookie in zip(options.tags, made.cookies, strict=True):
        _grow(tags)
        with gunicorn() as address, browser.chromium() as chromium:
            figures[f"with_{tags}_tags"] = _measure(chromium, address, cookie, options)
        print(f"page: {tags} tags done", file=sys.stderr, flush=True)
    return figures | {"load_average": round(os.getloadavg()[0], 1)}


def _measure(chromium: Browser, address: str, cookie: str, options: Namespace) -> dict[str, float]:
    cold, warm, heaps = [], [], []
    for n in range(options.loads + 2):
        window = browser.window(chromium, address, cookie)
        page = window.new_page()
        told = browser.load(page)
        again = browser.load(page)
        if n >= 2:  # both processes of the server have drawn the page once
            cold.append(told)
            warm.append(again)
            heaps.append(browser.heap(page))
        window.close()
    page = browser.window(chromium, address, cookie).new_page()
    browser.load(page)
    shown = browser.review(page, options.rounds)
    cuts = quantiles(shown, n=20)
    figures = {name: round(median(told[name] for told in cold), 1) for name in cold[0]}
    return {
        **figures,
        "usable_worst_ms": round(max(told["usable_ms"] for told in cold), 1),
        "warm_usable_ms": round(median(told["usable_ms"] for told in warm), 1),
        "warm_js_css_sent_kb": round(median(told["js_css_sent_kb"] for told in warm), 1),
        "heap_mb": round(median(heaps), 1),
        "heap_after_reviews_mb": round(browser.heap(page), 1),
        "next_p50_ms": round(cuts[9], 1),
        "next_p95_ms": round(cuts[18], 1),
    }


def _film(count: int) -> None:
    """Demo clips, one after the other, for the made videos."""
    with tempfile.TemporaryDirectory() as folder:
        media = [clips.store(path) for path in demo.shoot_all(demo.load()[:count], Path(folder))]
    for n, one in enumerate(media):
        videos = Video.objects.extra(where=["id %% %s = %s"], params=[count, n])
        videos.update(media=one, media_state=Video.MediaState.READY)
    assert Media.objects.count() == len(media)


def _grow(tags: int) -> None:
    """As many assignable tags, each with an English and a Chinese name, published."""
    branches = list(Tag.objects.filter(depth=3).order_by("pk"))
    missing = tags - Tag.objects.filter(assignable=True).count()
    Tag.objects.bulk_create(
        Tag(code=f"more-{tags}-{n}", name=f"Tag more {tags} {n}", parent=branches[n % len(branches)], parent_depth=3)
        for n in range(missing)
    )
    nameless = Tag.objects.filter(names=None)
    rows = [row for tag in nameless for row in _names(tag)]
    TagName.objects.bulk_create(rows, batch_size=5_000)
    versions.publish()


def _names(tag: Tag) -> list[TagName]:
    chinese = "".join("山水风云花鸟鱼虫天地"[int(digit)] for digit in str(tag.pk))
    return [
        names.make(tag, tag.name, language="en", preferred=True),
        names.make(tag, f"标签{chinese}", language="zh", preferred=True),
    ]
