"""Weighing all waiting tasks again: tags got examples, policies and weights were changed, and no suggestion came.

A batch is read, weighed by the same strategy that opened the tasks, and written by one statement of a second or less.
Rows that somebody else has locked are passed over until next time; claimed tasks keep the priority they were taken by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import connection

from annotation import audit_slice
from annotation.prospects import knowledge
from annotation.prospects.knowledge import Knowledge
from annotation.prospects.opening import STRATEGY
from annotation.sampling import find
from annotation.sampling.reasons import NAMES, reasons

BATCH = 20_000  # clips
LOCK = 0x7461_7273  # of PostgreSQL's advisory ones: one rescoring at a time
FEW = 100  # waiting tasks that a scale needs

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
SELECT video_id, business_line_id, candidates, novelty, conflicts FROM annotation_prospect
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
      AND (abs(task.priority - weighed.priority) > 0.0005 OR task.why <> weighed.why)
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


def rescore(batch: int = BATCH) -> int | None:
    """Weigh every waiting task again; returns how many changed. None: another process is at it."""
    if not _one("SELECT pg_try_advisory_lock(%s)", [LOCK]):
        return None
    try:
        _run(COUNT)
        _run(FORGET)
        known = knowledge.load()
        changed = sum(_write(rows, known) for rows in _batches(batch))
        _run(SCALE, {"few": FEW})
        return changed + _run(SPREAD, audit_slice.values())
    finally:
        _one("SELECT pg_advisory_unlock(%s)", [LOCK])


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


def _write(rows: list[tuple[Any, ...]], known: Knowledge) -> int:
    changed, lines = 0, np.array([row[1] for row in rows])
    for line in np.unique(lines).tolist():
        mine = [rows[i] for i in np.flatnonzero(lines == line).tolist()]
        videos, _lines, packed, novelty, conflicts = zip(*mine, strict=True)
        pool = known.pool(line, packed, novelty, conflicts)
        gains, told = find(STRATEGY)(pool, np.random.default_rng(0)), reasons(pool)
        columns = [list(videos), [line] * len(mine), gains.tolist(), *(told[name].tolist() for name in NAMES)]
        changed += _run(WRITE, columns)
    return changed


def _run(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def _one(statement: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row and row[0]
