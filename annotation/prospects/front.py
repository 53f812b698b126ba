"""The front of a queue in the order in which it teaches most: one clip after the other, none much like those before.

Weighing a million tasks looks at each clip by itself: by that the front would be one kind of clip many times. In a
worker, where the stack's vectors are at hand, the strategy sees the most urgent clips together, and some drawn from all
of the queue, which say what clips are like. They change places among themselves: each gets the priority of another, so
that the queue keeps its scale for the audit slice and for what is to be repeated. What they are to tell of is what the
models have to tag: these clips, and the newest that wait, whether they are to choose from or not.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from annotation.prospects import knowledge, places
from annotation.prospects.opening import STRATEGY
from annotation.sampling import find
from ml.registry import serving
from tagging import suggestions
from taxonomy.models import BusinessLine

URGENT = 2000  # clips that change places, at the head of the queue
DRAWN = 2000  # and as many from anywhere in it
LEARNED = 4000  # vectors of clips that the model learned from
RECENT = 1000  # clips reviewed since, the newest
NEWEST = 1000  # clips that came last: the next ones will be like them

# The first slot speaks for its clip. Drawn by a hash that changes with the hour.
TAKE = """
WITH waiting AS (
    SELECT task.video_id, task.priority FROM annotation_reviewtask task
    WHERE task.business_line_id = %(line)s AND task.state = 'waiting' AND task.slot = 1 AND NOT task.audit
      AND task.current_review_id IS NULL AND task.assignee_id IS NULL
), taken AS (
    (SELECT * FROM waiting ORDER BY priority DESC, video_id LIMIT %(urgent)s)
    UNION
    (SELECT * FROM waiting
     ORDER BY hashint8extended(video_id, extract(epoch FROM now())::bigint / 3600) LIMIT %(drawn)s)
)
SELECT taken.video_id, taken.priority, prospect.candidates, prospect.novelty, prospect.conflicts
FROM taken JOIN annotation_prospect prospect
  ON prospect.video_id = taken.video_id AND prospect.business_line_id = %(line)s
ORDER BY taken.video_id
"""
# Not reviewed as of the last weighing, whatever their priority; of the audit slice, too.
LAST = """
SELECT video_id FROM annotation_prospect WHERE business_line_id = %(line)s ORDER BY video_id DESC LIMIT %(newest)s
"""
# By lines of all kinds: one stack learns from them all.
REVIEWED = """
SELECT DISTINCT task.video_id
FROM (SELECT task_id FROM annotation_review WHERE kind = 'review' ORDER BY id DESC LIMIT %(recent)s) newest
JOIN annotation_reviewtask task ON task.id = newest.task_id
"""
WRITE = """
WITH free AS (
    SELECT task.id, placed.priority,
           CASE WHEN placed.typical THEN task.why || '{"typical": 1}' ELSE task.why - 'typical' END AS why
    FROM unnest(%(videos)s::bigint[], %(priorities)s::float8[], %(typical)s::bool[]) AS placed(video, priority, typical)
    JOIN annotation_reviewtask task ON task.video_id = placed.video AND task.business_line_id = %(line)s
    WHERE task.state = 'waiting' AND task.current_review_id IS NULL AND NOT task.audit
    FOR NO KEY UPDATE OF task SKIP LOCKED
)
UPDATE annotation_reviewtask task SET priority = free.priority, why = free.why
FROM free WHERE task.id = free.id AND (task.priority <> free.priority OR task.why <> free.why)
"""


def spread(line: BusinessLine) -> int:
    """Put the front of the line's queue in order; returns how many tasks changed. 0 before a model compares clips."""
    rows = taken(line)
    vectors, reviewed = _vectors({row[0] for row in rows} | newest(line))
    rows = [row for row in rows if row[0] in vectors]
    if len(rows) < 2:
        return 0
    videos, priorities, packed, novelty, conflicts = zip(*rows, strict=True)
    pool = replace(
        knowledge.load().pool(line.pk, packed, novelty, conflicts),
        vectors=np.stack([vectors[video] for video in videos]),
        reviewed=reviewed,
        targets=np.stack([vectors[video] for video in sorted(vectors)]),
        wanted=places.PICKED,
    )
    gains = find(STRATEGY)(pool, np.random.default_rng(0))
    placed = np.argsort(-gains, kind="stable")
    values = {
        "line": line.pk,
        "videos": list(videos),
        "priorities": places.exchanged(np.array(priorities, np.float64), gains).tolist(),
        "typical": (gains > 0.5).tolist(),  # the picks
    }
    with places.changing(), connection.cursor() as cursor:
        places.keep(line.pk, [videos[i] for i in placed])
        cursor.execute(WRITE, values)
        return cursor.rowcount


def taken(line: BusinessLine) -> list[tuple[Any, ...]]:
    """Of each clip that is looked at: video, priority, and what its prospect says."""
    return _rows(TAKE, {"line": line.pk, "urgent": URGENT, "drawn": DRAWN})


def newest(line: BusinessLine) -> set[int]:
    """Videos whose tags are not known yet, those that came last."""
    return {row[0] for row in _rows(LAST, {"line": line.pk, "newest": NEWEST})}


def _vectors(videos: Set[int]) -> tuple[dict[int, Any], NDArray[np.float32]]:
    """Of those clips that have one, and of what was reviewed; from the features that suggestions were made of."""
    from ml import look_alikes  # here, because web processes import this module and must not load torch

    serving_now = serving.active()
    if serving_now is None or len(videos) < 2:
        return {}, np.zeros((0, 0), np.float32)
    _version, pipeline = serving_now
    known, learned = look_alikes.learned(pipeline, LEARNED, np.random.default_rng(0))
    since = {row[0] for row in _rows(REVIEWED, {"recent": RECENT})} - set(known.tolist())
    found = dict(look_alikes.vectors(pipeline, suggestions.inputs(videos | since)))
    reviewed = [*learned, *(found[video] for video in sorted(since & found.keys()))]
    wanted = {video: found[video] for video in videos & found.keys()}
    return wanted, np.stack(reviewed) if reviewed else np.zeros((0, 0), np.float32)


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
