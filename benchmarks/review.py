"""Submitting reviews through HTTP: one reviewer, then twenty at once without a pause; no clip may be served twice."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from benchmarks.reviewing import content
from benchmarks.reviewing.client import Reviewer, milliseconds
from benchmarks.site import gunicorn


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--held", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=300, help="submits of the single reviewer")
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--claims", type=int, default=10_000, help="of all reviewers together")
    parser.add_argument("--workers", type=int, default=2, help="of gunicorn")


def run(options: Namespace) -> dict[str, object]:
    made = content.make(options.tasks, options.held, options.reviewers + 1)
    with gunicorn(workers=options.workers) as address:
        people = [Reviewer(address, cookie, made.line.slug) for cookie in made.cookies]
        alone = _alone(people[0], options.rounds)
        print(alone, file=sys.stderr, flush=True)
        together = _together(people[1:], options.claims)
    return {"bound_submit_ms": [20, 45], "bound_reviews_per_s": 60, **alone, **together}


def _alone(reviewer: Reviewer, rounds: int) -> dict[str, float]:
    times = []
    for n in range(rounds + 20):
        entries, _seconds = reviewer.next()
        _answer, seconds = reviewer.submit(entries)
        times += [seconds] if n >= 20 else []
    return milliseconds("submit", times)


def _together(people: list[Reviewer], claims: int) -> dict[str, object]:
    each = claims // len(people)

    def work(reviewer: Reviewer) -> tuple[list[str], list[float], list[float]]:
        served, nexts, submits = [], [], []
        for _ in range(each):
            entries, seconds = reviewer.next()
            served.append(entries["task"])
            nexts.append(seconds)
            submits.append(reviewer.submit(entries)[1])
        return served, nexts, submits

    start = perf_counter()
    with ThreadPoolExecutor(len(people)) as pool:
        done = list(pool.map(work, people))
    seconds = perf_counter() - start
    served = Counter(task for tasks, _nexts, _submits in done for task in tasks)
    return {
        "reviewers": len(people),
        "claims": served.total(),
        "served_twice": sum(count > 1 for count in served.values()),
        "reviews_per_s": round(served.total() / seconds, 1),
        **milliseconds("together_next", [t for _, nexts, _ in done for t in nexts]),
        **milliseconds("together_submit", [t for _, _, submits in done for t in submits]),
    }
