"""Weighing 1,000,000 waiting tasks again, every one of which gets another priority, while a reviewer claims clips."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from itertools import pairwise
from pathlib import Path

from benchmarks.reviewing import content

TAGS_A_CLIP = 10
PROSPECTS = """
INSERT INTO annotation_prospect (video_id, business_line_id, candidates, novelty, conflicts)
SELECT id, %s, (
    SELECT string_agg(int8send((%s::bigint[])[1 + (id * 7 + k * 97) %% %s]) ||
        float4send((random() * exp(-0.3 * k))::float4) || float4send(((1 + k %% 3) / 3.0)::float4), ''::bytea)
    FROM generate_series(0, %s) k), random(), id %% 20 / 19
FROM tagging_video
"""
VIDEOS_TAGGED = """
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source)
SELECT id, %s, (%s::bigint[])[1 + (random() ^ 3 * (%s - 1))::int], 'review'
FROM tagging_video WHERE id %% 10 = 0 ON CONFLICT DO NOTHING
"""
AUDIT = "UPDATE annotation_reviewtask SET audit = true WHERE state = 'waiting' AND video_id % 20 = 0"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=20_000)


def run(options: Namespace) -> dict[str, object]:
    """`first`: all change. `again`: a tenth of the tags got examples. `claim_ms`: what a reviewer waited meanwhile.

    `front_in_order`: neighbours in the front that stand in their order afterwards, as a share. `front_read`: finding
    the clips that a worker puts in order then.
    """
    from annotation.models import ReviewTask

    line = _made(options.tasks)
    _place(line)
    figures: dict[str, object] = {"bound_s": 60, "tasks": options.tasks}
    for name in ("first", "again"):
        figures |= _rescored(name, options.batch, line)
        _more_examples(line)
        figures[f"{name}_front_in_order"] = _in_order(line)
    figures["front_read_s"] = _front_read(line)
    figures["priorities"] = ReviewTask.objects.filter(state="waiting").values("priority").distinct().count()
    return figures


def _place(made: content.Content) -> None:
    """A front in an order that weights know nothing of."""
    from annotation.prospects import front, places

    found = front.taken(made.line)
    places.keep(made.line.pk, [row[0] for row in found])


def _in_order(made: content.Content) -> float:
    from annotation.models import Prospect

    places = Prospect.objects.filter(business_line=made.line, place__isnull=False, video__tasks__slot=1)
    stand = list(places.order_by("place").values_list("video__tasks__priority", flat=True))
    return round(statistics.mean(a > b for a, b in pairwise(stand)), 4)


def _front_read(made: content.Content) -> float:
    """Finding the clips whose order a worker looks at: the head of the queue, and some drawn from all of it."""
    from annotation.prospects import front

    began = time.perf_counter()
    found = front.taken(made.line)
    assert len(found) > front.URGENT
    assert len(front.newest(made.line)) == front.NEWEST
    return round(time.perf_counter() - began, 2)


def _made(tasks: int) -> content.Content:
    from django.db import connection

    from taxonomy.models import Tag

    content.TAGS_A_VIDEO = 1  # suggestions are not looked at: a million sets of them would only fill the disk
    made = content.make(tasks, 10, 1)
    tags = list(Tag.objects.filter(assignable=True).values_list("pk", flat=True))
    print("making prospects", file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        cursor.execute(PROSPECTS, [made.line.pk, tags, len(tags), TAGS_A_CLIP - 1])
        cursor.execute(VIDEOS_TAGGED, [made.line.pk, tags, len(tags)])
        cursor.execute(AUDIT)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return made


def _rescored(name: str, batch: int, made: content.Content) -> dict[str, object]:
    from annotation.prospects import rescoring

    stop, waits = threading.Event(), list[float]()
    claimer = threading.Thread(target=_claim, args=(made, stop, waits))
    claimer.start()
    began, mine, server = time.perf_counter(), time.thread_time(), _server_seconds()
    changed = rescoring.rescore(batch)
    figures = {
        f"{name}_s": round(time.perf_counter() - began, 1),
        f"{name}_cpu_s": round(time.thread_time() - mine + _server_seconds() - server, 1),
        f"{name}_python_cpu_s": round(time.thread_time() - mine, 1),
        f"{name}_changed": changed,
    }
    stop.set()
    claimer.join()
    cuts = statistics.quantiles(waits, n=20)
    return figures | {f"{name}_claim_ms_p50_p95": [round(1000 * cuts[9], 1), round(1000 * cuts[18], 1)]}


def _claim(made: content.Content, stop: threading.Event, waits: list[float]) -> None:
    """Somebody takes clips and gives them back, ten times a second."""
    from django.contrib.auth.models import User
    from django.db import connection

    from annotation import queue

    reviewer = User.objects.get(username="reviewer-0")
    while not stop.wait(0.1) or len(waits) < 2:
        began = time.perf_counter()
        task = queue.claim(reviewer, made.line)
        waits.append(time.perf_counter() - began)
        assert task
        queue.give_back(task.pk, reviewer, task.token)
    connection.close()


def _more_examples(made: content.Content) -> None:
    from annotation.models import TagExamples
    from tagging.models import VideoTag

    for row in TagExamples.objects.order_by("tag")[::10]:
        VideoTag.objects.filter(tag=row.tag_id).update(source="auto")


def _server_seconds() -> float:
    """CPU time of the process of PostgreSQL that serves this thread."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    assert row
    fields = Path(f"/proc/{row[0]}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100
