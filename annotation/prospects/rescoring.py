"""Weighing all waiting tasks again: tags got examples, policies and weights were changed, and no suggestion came.

A batch is read, weighed by the same strategy that opened the tasks, and written by one statement of a second or less.
Rows that somebody else has locked are passed over until next time; claimed tasks keep the priority they were taken by.
Clips of a front stay in their order: what they weigh now they give out among themselves, at the end and at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from annotation import audit_slice
from annotation.prospects import knowledge, places
from annotation.prospects.knowledge import Knowledge
from annotation.prospects.opening import STRATEGY
from annotation.sampling import Gains, find
from annotation.sampling.reasons import NAMES as REASONS
from annotation.sampling.reasons import reasons

BATCH = 20_000  # clips
LOCK = 0x7461_7273  # of PostgreSQL's advisory ones: one rescoring at a time
FEW = 100  # waiting tasks that a scale needs
SLIGHT = 0.0005  # a change of priority for which no row is written
NAMES = (*REASONS, "typical")  # the last: picked for the front

COUNT = """
WITH counted AS (
    SELECT tag_id, count(*) AS examples FROM tagging_videotag WHERE source <> 'auto' GROUP BY tag_id
), gone AS (
    DELETE FROM annotation_tagexamples known WHERE NOT EXISTS (SELECT FROM counted WHERE counted.tag_id = known.tag_id)
)
INSERT INTO annotation_tagexamples (tag_id, examples) SELECT tag_id, examples FROM counted
ON CONFLICT (tag_id) DO UPDATE SET examples = excluded.examples
WHERE annotation_tagexamples.examples <> excluded.examples
"""
# Of clips that are done with, or that need no person any more.
FORGET = """
DELETE FROM annotation_prospect prospect WHERE NOT EXISTS (
    SELECT FROM annotation_reviewtask task WHERE task.video_id = prospect.video_id
    AND task.business_line_id = prospect.business_line_id AND task.state IN ('waiting', 'claimed'))
"""
READ = """
SELECT video_id, business_line_id, candidates, novelty, conflicts, coalesce(place, 0) FROM annotation_prospect
WHERE (video_id, business_line_id) > (%s, %s) ORDER BY video_id, business_line_id LIMIT %s
"""
# Written is only what changed, and never what is there for another reason: a review to be repeated, the audit slice.
_WHY = ", ".join(f"'{name}', nullif({name}, 0)" for name in NAMES)
_WEIGHED = ", ".join(["video", "line", "priority", *NAMES])
WRITE = f"""
WITH weighed AS (
    SELECT video, line, priority, jsonb_strip_nulls(jsonb_build_object({_WHY})) AS why
    FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]{", %s::int[]" * len(NAMES)}) AS weighed({_WEIGHED})
), free AS (
    SELECT task.id, weighed.priority, weighed.why
    FROM weighed JOIN annotation_reviewtask task ON task.video_id = weighed.video
        AND task.business_line_id = weighed.line
    WHERE task.state = 'waiting' AND task.current_review_id IS NULL AND NOT task.audit
      AND (abs(task.priority - weighed.priority) > %s OR task.why <> weighed.why)
    FOR NO KEY UPDATE OF task SKIP LOCKED
)
UPDATE annotation_reviewtask task SET priority = free.priority, why = free.why FROM free WHERE task.id = free.id
"""  # noqa: S608  # constants
SCALE = """
INSERT INTO annotation_priorityscale (business_line_id, quantiles)
SELECT business_line_id,
       percentile_cont(ARRAY(SELECT n / 100.0::float8 FROM generate_series(0, 100) n)) WITHIN GROUP (ORDER BY priority)
FROM annotation_reviewtask WHERE state = 'waiting' AND current_review_id IS NULL AND NOT audit
GROUP BY business_line_id HAVING count(*) >= %(few)s
ON CONFLICT (business_line_id) DO UPDATE SET quantiles = excluded.quantiles
"""
SPREAD = f"""
UPDATE annotation_reviewtask task SET priority = place.priority
FROM (SELECT task.id, {audit_slice.place("task.video_id", "task.business_line_id", "scale.quantiles")} AS priority
      FROM annotation_reviewtask task
      JOIN annotation_priorityscale scale ON scale.business_line_id = task.business_line_id
      WHERE task.audit AND task.state = 'waiting' AND task.current_review_id IS NULL
      FOR NO KEY UPDATE OF task SKIP LOCKED) AS place
WHERE task.id = place.id AND abs(task.priority - place.priority) > 0.0005
"""  # noqa: S608  # constants


@dataclass(frozen=True)
class Weighed:
    """Clips of one line, weighed again."""

    line: int
    videos: NDArray[np.int64]
    places: NDArray[np.int64]  # in the front; 0: none
    gains: Gains
    why: NDArray[np.int64]  # (NAMES, clips)

    def only(self, which: NDArray[np.bool_]) -> Weighed:
        return Weighed(self.line, self.videos[which], self.places[which], self.gains[which], self.why[:, which])

    def write(self, slight: float = SLIGHT) -> int:
        columns = [self.videos.tolist(), [self.line] * len(self.videos), self.gains.tolist(), *self.why.tolist()]
        return _run(WRITE, [*columns, slight]) if len(self.videos) else 0


def rescore(batch: int = BATCH) -> int | None:
    """Weigh every waiting task again; returns how many changed. None: another process is at it."""
    if not _one("SELECT pg_try_advisory_lock(%s)", [LOCK]):
        return None
    try:
        _run(COUNT)
        _run(FORGET)
        with places.standing():
            changed = _weigh_again(batch)
            _run(SCALE, {"few": FEW})
        return changed + _run(SPREAD, audit_slice.values())
    finally:
        _one("SELECT pg_advisory_unlock(%s)", [LOCK])


def _weigh_again(batch: int) -> int:
    """A front waits until it is known whole; the rest is written as it comes."""
    changed, known, fronts = 0, knowledge.load(), dict[int, list[Weighed]]()
    for rows in _batches(batch):
        for weighed in _weighed(rows, known):
            changed += weighed.only(weighed.places == 0).write()
            fronts.setdefault(weighed.line, []).append(weighed.only(weighed.places > 0))
    return changed + sum(_in_order(parts).write(slight=0) for parts in fronts.values())


def _in_order(parts: Sequence[Weighed]) -> Weighed:
    """The clips of a front, whose priorities fall with their places."""
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in ("videos", "places", "gains"))
    videos, order, gains = columns
    why = np.concatenate([part.why for part in parts], axis=1)
    return Weighed(parts[0].line, videos, order, places.exchanged(gains, -order), why)


def _batches(size: int) -> Iterator[list[tuple[Any, ...]]]:
    last = (0, 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(READ, [*last, size])
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][:2]
        yield rows


def _weighed(rows: list[tuple[Any, ...]], known: Knowledge) -> Iterator[Weighed]:
    lines = np.array([row[1] for row in rows])
    for line in np.unique(lines).tolist():
        mine = [rows[i] for i in np.flatnonzero(lines == line).tolist()]
        videos, _lines, packed, novelty, conflicts, order = zip(*mine, strict=True)
        pool, place = known.pool(line, packed, novelty, conflicts), np.array(order, np.int64)
        gains, told = find(STRATEGY)(pool, np.random.default_rng(0)), reasons(pool)
        picked = (place > 0) & (place <= places.PICKED)
        why = np.stack([*(told[name] for name in REASONS), picked.astype(np.int64)])
        yield Weighed(line, np.array(videos, np.int64), place, gains, why)


def _run(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def _one(statement: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row and row[0]
