"""Type-ahead over 300,000 tags in two languages: what people type, wrongly spelt and in pinyin too."""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from time import perf_counter, process_time
from urllib.parse import urlencode

from benchmarks.reviewing import content
from benchmarks.reviewing.client import Reviewer, milliseconds
from benchmarks.site import gunicorn
from benchmarks.tags import made


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tags", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=100, help="queries of each kind")


def run(options: Namespace) -> dict[str, object]:
    """`http`: what one client waits for an answer of the API. `inside`: the use case alone, and its CPU in Python."""
    _fill(options.tags)
    typed = _typed(options)
    with gunicorn() as address:
        client = Reviewer(address, _cookie(), "")
        for query in typed["beginning"][:20]:
            _ask(client, query)
        times = {kind: [_ask(client, query) for query in queries] for kind, queries in typed.items()}
    everything = [seconds for found in times.values() for seconds in found]
    return {
        "bound_ms": 30,
        "tags": options.tags,
        **milliseconds("http", everything),
        **{name: value for kind, found in times.items() for name, value in milliseconds(kind, found).items()},
        **_inside(typed),
    }


def _fill(count: int) -> None:
    from django.db import connection

    print(f"making {count:,} tags", file=sys.stderr, flush=True)
    start = perf_counter()
    made.fill(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does a minute after an import
    print(f"made in {perf_counter() - start:.0f} s", file=sys.stderr, flush=True)


def _typed(options: Namespace) -> dict[str, list[str]]:
    """What somebody types who looks for one of the tags; each kind looks for the same ones."""
    wanted = set(random.Random(3).sample(range(options.tags), options.rounds))
    rows = [row for n, row in enumerate(made.rows(options.tags)) if n in wanted]
    rng = random.Random(5)
    return {kind: [type_(rng, row) for row in rows] for kind, type_ in KINDS.items()}


def _beginning(rng: random.Random, text: str) -> str:
    return text[: rng.randint(1, len(text))]


def _slip(rng: random.Random, text: str) -> str:
    """One character lost, doubled, changed, or two swapped, in a text of at least five."""
    at = rng.randrange(1, len(text) - 1)
    before, letter, after = text[:at], text[at], text[at + 1 :]
    return rng.choice(
        [before + after, before + letter * 2 + after, before + "q" + after, before + after[0] + letter + after[1:]]
    )


def _pinyin(rng: random.Random, text: str) -> str:
    from taxonomy.search_keys import keys

    return keys(text).pinyin


KINDS: dict[str, Callable[[random.Random, made.Row], str]] = {
    "letter": lambda rng, row: row.english[:1],
    "beginning": lambda rng, row: _beginning(rng, row.english),
    "whole": lambda rng, row: row.english,
    "word": lambda rng, row: row.english.split()[-1][:5],
    "part": lambda rng, row: row.english.split()[0][1:],
    "slip": lambda rng, row: _slip(rng, row.english + "xx"[: max(0, 5 - len(row.english))]),
    "nothing": lambda rng, row: row.english[::-1] + "zq",
    "chinese": lambda rng, row: _beginning(rng, row.chinese),
    "chinese_part": lambda rng, row: row.chinese[1:],
    "chinese_character": lambda rng, row: row.chinese[-1],
    "pinyin": lambda rng, row: _beginning(rng, _pinyin(rng, row.chinese)),
    "pinyin_slip": lambda rng, row: _slip(rng, _pinyin(rng, row.chinese) + "an"),
}


def _cookie() -> str:
    from django.contrib.auth.models import Group, User

    editor = User.objects.create(username="searcher", password="!")
    Group.objects.get(name="editor").user_set.add(editor)
    return content.sign_in(editor)


def _ask(client: Reviewer, query: str) -> float:
    status, text, seconds = client.ask("GET", "/api/tags/?" + urlencode({"q": query}), Accept="application/json")
    assert status == 200, text[:300]
    return seconds


def _inside(typed: dict[str, list[str]]) -> dict[str, float]:
    from taxonomy import search

    times, cpu = [], process_time()
    for queries in typed.values():
        for query in queries:
            start = perf_counter()
            search.search(query)
            times.append(perf_counter() - start)
    spent = (process_time() - cpu) / len(times)
    return {**milliseconds("inside", times), "inside_cpu_ms": round(spent * 1000, 1), "queries": len(times)}
