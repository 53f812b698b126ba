"""The quality pages over ten million verdicts of a year: adding them up, adding what is new, and each page by HTTP."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from statistics import median
from time import perf_counter

from benchmarks.reviewing.client import Reviewer
from benchmarks.site import gunicorn

PERIODS = ("4w", "3m", "all")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--verdicts", type=int, default=10_000_000)
    parser.add_argument("--tags", type=int, default=5_000)
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve", action="store_true", help="then go on serving, to look at the pages")


def run(options: Namespace) -> dict[str, object]:
    """`fold_all_s` adds all up; `fold_ms` adds 1,000 reviews more; pages: median of the rounds, and the worst one."""
    from benchmarks.reviewing import verdicts

    made = verdicts.make(options.verdicts, options.tags, options.reviewers)
    figures: dict[str, object] = {"bound_page_ms": 300, "verdicts": options.verdicts, "tags": options.tags}
    figures |= _folds(made)
    with gunicorn() as address:
        person = Reviewer(address, made.cookie, "")
        figures |= {name: person.look(path, options.rounds) for name, path in _paths(made.line).items()}
        if options.serve:
            print(f"{address}  {made.cookie}", file=sys.stderr, flush=True)
            input()
    return figures


def _folds(made: object) -> dict[str, object]:
    from annotation.quality import fold
    from benchmarks.reviewing import verdicts

    start = perf_counter()
    reviews = fold.fold_all()
    whole = perf_counter() - start
    times = []
    for _ in range(5):
        verdicts.note_again(1000)
        start = perf_counter()
        assert fold.fold() == 1000
        times.append(perf_counter() - start)
    verdicts.settle()
    sizes = verdicts.sizes()
    return {"reviews": reviews, "fold_all_s": round(whole, 1), "fold_ms": round(1000 * median(times)), "rows": sizes}


def _paths(line: str) -> dict[str, str]:
    """Each page for all lines, over each period; the largest for one line too."""
    from annotation.quality.pages import FIRST, PAGES

    told = {}
    for slug in PAGES:
        path = "/quality/" if slug == FIRST else f"/quality/{slug}/"
        told |= {f"{slug} {period}": f"{path}?period={period}" for period in PERIODS}
    told["tags of one line, by recall"] = f"/quality/tags/?line={line}&period=3m&order=recall"
    told["versions, found by name"] = "/quality/versions/?period=all&q=tag+4"
    return told
