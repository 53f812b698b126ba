"""Submitting reviews through HTTP: one reviewer, then twenty at once without a pause; no clip may be served twice."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from time import perf_counter

from benchmarks.reviewing import content, crowd, processes
from benchmarks.reviewing.client import Reviewer, milliseconds
from benchmarks.site import Site, serving


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--held", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=300, help="submits of the single reviewer")
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--claims", type=int, default=10_000, help="of all reviewers together")
    parser.add_argument("--workers", type=int, default=2, help="of gunicorn")
    parser.add_argument("--threads", type=int, default=8, help="of each of them")


def run(options: Namespace) -> dict[str, object]:
    """`submit`: a review alone. `together`: a review whose answer brings the next clip, which is what the page asks."""
    made = content.make(options.tasks, options.held, options.reviewers + 1)
    with serving(options.workers, options.threads) as site:
        alone = _alone(Reviewer(site.address, made.cookies[0], made.line.slug), options.rounds)
        print(alone, file=sys.stderr, flush=True)
        each = options.claims // options.reviewers
        people = [crowd.Person(site.address, cookie, made.line.slug, each) for cookie in made.cookies[1:]]
        together = _together(people, site)
    load = {"load_average": round(os.getloadavg()[0], 1)}
    return {"bound_submit_ms": [20, 45], "bound_reviews_per_s": 60, **alone, **together, **load}


def _alone(reviewer: Reviewer, rounds: int) -> dict[str, float]:
    times = []
    for n in range(rounds + 20):
        entries, _seconds = reviewer.next()
        _answer, seconds = reviewer.submit(entries)
        times += [seconds] if n >= 20 else []
    return milliseconds("submit", times)


def _together(people: list[crowd.Person], site: Site) -> dict[str, object]:
    start, cost = perf_counter(), processes.counted(site.process)
    crowd.work(people)
    seconds = perf_counter() - start
    served = Counter(task for person in people for task in person.told.served)
    return {
        "reviewers": len(people),
        "claims": served.total(),
        "served_twice": sum(count > 1 for count in served.values()),
        "refused_by_rules": sum(person.told.refused for person in people),
        "reviews_per_s": round(served.total() / seconds, 1),
        **milliseconds("together", [t for person in people for t in person.told.seconds]),
        **cost(served.total()),
    }
