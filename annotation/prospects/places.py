"""Which clips of a queue were put in order, and in which: so that weighing them again leaves that order standing.

A place is kept with the prospect. Between two orderings the clips that have one give out their priorities among
themselves anew whenever those change, the greatest to the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from annotation.sampling import Gains

PICKED = 500  # put in order one by one; more than a line reviews until the next time
APART = 1e-9  # far below what tells clips apart by weight
LOCK = 0x7461_7274  # of PostgreSQL's advisory ones: places are written, or priorities by them

# A row that new suggestions are just written to is passed over: nobody waits for another one's rows, so none forever.
FREE = """
WITH gone AS (
    SELECT video_id FROM annotation_prospect
    WHERE business_line_id = %(line)s AND place IS NOT NULL AND NOT video_id = ANY(%(videos)s)
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE annotation_prospect prospect SET place = NULL FROM gone
WHERE prospect.video_id = gone.video_id AND prospect.business_line_id = %(line)s
"""
PLACE = """
WITH mine AS (
    SELECT prospect.video_id, placed.place
    FROM unnest(%(videos)s::bigint[]) WITH ORDINALITY AS placed(video, place)
    JOIN annotation_prospect prospect ON prospect.video_id = placed.video AND prospect.business_line_id = %(line)s
    WHERE prospect.place IS DISTINCT FROM placed.place FOR NO KEY UPDATE OF prospect SKIP LOCKED
)
UPDATE annotation_prospect prospect SET place = mine.place FROM mine
WHERE prospect.video_id = mine.video_id AND prospect.business_line_id = %(line)s
"""


def keep(line: int, videos: Sequence[int]) -> None:
    """Clips of a line in their order; those that had a place before and are not among them have none any more."""
    with connection.cursor() as cursor:
        for statement in (FREE, PLACE):
            cursor.execute(statement, {"line": line, "videos": list(videos)})


def exchanged(priorities: Gains, gains: NDArray[np.floating] | NDArray[np.integer]) -> Gains:
    """(clips,) the same priorities, given out anew: the greatest to the greatest gain.

    Equal ones are told apart by APART: of equals a queue takes the oldest, whatever their places.
    """
    placed, steps = np.empty_like(priorities), APART * np.arange(len(priorities))
    placed[np.argsort(-gains, kind="stable")] = np.minimum.accumulate(-np.sort(-priorities) + steps) - steps
    return placed


@contextmanager
def standing() -> Iterator[None]:
    """Until the end of the block no other process gives out places. It is waited for, it takes a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def changing() -> Iterator[None]:
    """A transaction that gives out places. While tasks are weighed again it waits for the end of that."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield
