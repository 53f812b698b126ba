"""Claiming the next clip through HTTP, with 100,000 open tasks and 200 leases held."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from time import perf_counter

from benchmarks.reviewing import content
from benchmarks.reviewing.client import Reviewer, milliseconds
from benchmarks.site import gunicorn


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--held", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=400)


def run(options: Namespace) -> dict[str, object]:
    """`claim`: GET /review/ claims and redirects. `next`: claims, loads and draws a clip. `statement`: SQL only."""
    made = content.make(options.tasks, options.held, 1)
    with gunicorn() as address:
        reviewer = Reviewer(address, made.cookies[0], made.line.slug)
        figures = _claims(reviewer, options.rounds) | _nexts(reviewer, options.rounds)
    return {"bound_ms": [12, 30], "tasks": options.tasks, "held": options.held, **figures, **_statements(made, options)}


def _claims(reviewer: Reviewer, rounds: int) -> dict[str, float]:
    times = []
    for n in range(rounds + 20):
        status, where, seconds = reviewer.ask("GET", f"/review/?line={reviewer.line}")
        assert status == 302, (status, where[:200])
        _finish(int(where.strip("/").split("/")[-1]))
        times += [seconds] if n >= 20 else []
    return milliseconds("claim", times)


def _nexts(reviewer: Reviewer, rounds: int) -> dict[str, float]:
    times = []
    for n in range(rounds + 20):
        entries, seconds = reviewer.next()
        _finish(int(entries["task"]))
        times += [seconds] if n >= 20 else []
    return milliseconds("next", times)


def _statements(made: content.Content, options: Namespace) -> dict[str, float]:
    from django.contrib.auth.models import User

    from annotation import queue

    reviewer, times = User.objects.get(username="reviewer-0"), []
    for _ in range(options.rounds):
        start = perf_counter()
        task = queue.claim(reviewer, made.line)
        times.append(perf_counter() - start)
        assert task
        _finish(task.pk)
    return milliseconds("statement", times)


def _finish(task: int) -> None:
    """Not timed: the reviewer holds nothing again."""
    from annotation.models import ReviewTask

    ReviewTask.objects.filter(pk=task).update(state="done", lease_until=None)
