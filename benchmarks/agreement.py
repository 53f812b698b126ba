"""Clips that two people reviewed: measuring agreement, settling, missing tags, and the adjudicator's pages by HTTP."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from statistics import median
from time import perf_counter

from benchmarks.reviewing.client import Reviewer
from benchmarks.site import gunicorn


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--clips", type=int, default=1_250_000, help="with 8 verdicts each")
    parser.add_argument("--tags", type=int, default=5_000)
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=7)


def run(options: Namespace) -> dict[str, object]:
    """Seconds of the work of beat, milliseconds of pages: the median of the rounds and the worst one."""
    from benchmarks.reviewing import overlaps

    made = overlaps.make(options.clips, options.tags, options.reviewers)
    figures: dict[str, object] = {"bound_page_ms": 300, "clips": options.clips, "verdicts": 8 * options.clips}
    figures |= _work(made)
    with gunicorn() as address:
        person = Reviewer(address, made.cookie, "")
        figures |= {name: person.look(path, options.rounds) for name, path in _paths(made).items()}
    return figures


def _work(made: object) -> dict[str, object]:
    from annotation.agreement import missing, refreshing, reports
    from annotation.models import Consensus, SecondLook

    line = made.line  # type: ignore[attr-defined]
    refresh = _timed(lambda: refreshing.refresh(line))
    again = _timed(lambda: refreshing.refresh(line))
    look = _timed(lambda: missing.refresh(line))
    report = [_timed(lambda: reports.of_line(line)) for _ in range(5)]
    return {
        "disputes": Consensus.objects.filter(doubt__gt=0).count(),
        "refresh_s": round(refresh, 2),
        "refresh_nothing_new_s": round(again, 2),
        "missing_s": round(look, 2),
        "second_looks": SecondLook.objects.count(),
        "report_ms": round(1000 * median(report), 1),
    }


def _paths(made: object) -> dict[str, str]:
    from annotation.agreement import disputes

    line = made.line  # type: ignore[attr-defined]
    first = disputes.waiting(line).first()
    assert first
    return {
        "queue": f"/adjudication/?line={line.slug}",
        "queue, further": f"/adjudication/?line={line.slug}&at=0.6:1",
        "clip": f"/adjudication/{line.slug}/{first.video_id}/",
        "comments": f"/videos/{first.video_id}/comments/",
        "questions": "/questions/",
        "first page": "/",
    }


def _timed(work: object) -> float:
    start = perf_counter()
    work()  # type: ignore[operator]
    return perf_counter() - start
