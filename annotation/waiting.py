"""Which clips wait for review: tasks opened, weighed again and closed, in one statement however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from annotation import audit_slice
from annotation.models import GOLD_SLOT
from taxonomy.models import BusinessLine


@dataclass(frozen=True)
class Wanted:
    """That a video is to be reviewed for a business line, how urgently, and why."""

    video: int
    line: int
    priority: float = 0.0
    why: dict[str, Any] = field(default_factory=dict)
    asked: bool = True  # False: no policy asks for it; it gets a task only if it belongs to the audit slice


# One statement for any number of videos. Whoever holds a task keeps what they see: only waiting ones change. What
# belongs to the audit slice gets a task though nobody asked for one, and its place in the queue stays as it was drawn.
OPEN = f"""
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why, audit)
SELECT wanted.video, wanted.line, slot, CASE WHEN drawn.audit THEN drawn.turn ELSE wanted.priority END, wanted.why,
       drawn.audit
FROM unnest(%(videos)s::bigint[], %(lines)s::bigint[], %(priorities)s::float8[], %(whys)s::jsonb[], %(asked)s::bool[])
     AS wanted(video, line, priority, why, asked)
JOIN taxonomy_businessline line ON line.id = wanted.line
LEFT JOIN tagging_linepolicy policy ON policy.business_line_id = wanted.line
LEFT JOIN annotation_priorityscale scale ON scale.business_line_id = wanted.line
CROSS JOIN LATERAL (
    SELECT {audit_slice.lot("wanted.video", "wanted.line")} < coalesce(policy.audit_share, %(share)s) AS audit,
           {audit_slice.place("wanted.video", "wanted.line", "scale.quantiles")} AS turn
) AS drawn
CROSS JOIN LATERAL generate_series(1, line.overlap) AS slot
WHERE wanted.asked OR drawn.audit
ON CONFLICT (video_id, business_line_id, slot) DO UPDATE
SET why = excluded.why, priority = CASE WHEN annotation_reviewtask.audit OR excluded.audit
                                   THEN annotation_reviewtask.priority ELSE excluded.priority END
WHERE annotation_reviewtask.state = 'waiting'
"""  # noqa: S608  # constants

# Tasks that nobody has had in hand or handed on, and no review speaks of: with their suggestions went the reason to ask
# a person. The audit slice is there to look at those, too.
CLOSE = """
WITH gone AS (
    DELETE FROM annotation_reviewtask task
    USING unnest(%s::bigint[], %s::bigint[]) AS settled(video, line)
    WHERE task.video_id = settled.video AND task.business_line_id = settled.line AND task.state = 'waiting'
      AND NOT task.audit AND NOT EXISTS (SELECT FROM annotation_review review WHERE review.task_id = task.id)
      AND NOT EXISTS (SELECT FROM annotation_handover handed WHERE handed.task_id = task.id)
    RETURNING id
)
DELETE FROM annotation_probe WHERE task_id IN (SELECT id FROM gone)
"""

# More reviewers a clip than before: the slots that are missing for videos still in the queue.
MORE_SLOTS = """
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why, audit)
SELECT DISTINCT ON (video_id, slots.slot) video_id, business_line_id, slots.slot, priority, why, audit
FROM annotation_reviewtask task CROSS JOIN generate_series(1, %(overlap)s) AS slots(slot)
WHERE business_line_id = %(line)s AND task.state IN ('waiting', 'claimed') AND task.slot < %(gold)s
ORDER BY video_id, slots.slot, task.slot
ON CONFLICT DO NOTHING
"""


def open_tasks(wanted: Iterable[Wanted]) -> None:
    """Put videos into the queue, one slot for each reviewer their line asks for. Waiting ones get the new priority."""
    rows = list(wanted)
    if not rows:
        return
    columns: dict[str, Any] = {
        "videos": [row.video for row in rows],
        "lines": [row.line for row in rows],
        "priorities": [row.priority for row in rows],
        "whys": [json.dumps(row.why) for row in rows],
        "asked": [row.asked for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN, columns | audit_slice.values())


def close_tasks(settled: Iterable[tuple[int, int]]) -> None:
    """Take (video, business line) pairs out of the queue that need no person any more.

    Whoever holds such a task keeps it, and a skipped one stays for an admin to see.
    """
    pairs = list(settled)
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, [[video for video, _ in pairs], [line for _, line in pairs]])


def widen(line: BusinessLine) -> None:
    """Follow a greater overlap of the line, for the videos that are still in its queue. A smaller one needs nothing."""
    with connection.cursor() as cursor:
        cursor.execute(MORE_SLOTS, {"line": line.pk, "overlap": line.overlap, "gold": GOLD_SLOT})
