"""Videos whose labels have to be looked at again: done tasks open again, and those that nobody looked at get one.

What was said stands until somebody says something else: a task that is open again keeps its current review. What is to
be looked at is found in the database (labels of tags that were split, and no open task), so it does not matter when a
label came, who looks for it, or how often; a batch at a time, with the video locked first as everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

BATCH = 500  # videos locked at once
AT_ONCE = 1_000  # videos that the publisher sends before the page shows
PRIORITY = 1.0  # before what the models are unsure of

# A split with a default is a merge. The first slot of a video for a line; a task that is waiting or in somebody's hands
# is looked at anyway.
_SPLIT = """
FROM tagging_videotag given
LEFT JOIN annotation_reviewtask task ON task.video_id = given.video_id AND task.slot = 1
    AND task.business_line_id = given.business_line_id
WHERE given.tag_id IN (
    SELECT relation.tag_id FROM taxonomy_tagrelation relation JOIN taxonomy_tag tag ON tag.id = relation.tag_id
    WHERE relation.kind = 'split_into' AND tag.state = 'deprecated')
  AND (task.id IS NULL OR task.state = 'done')
"""
WAITING = f"SELECT DISTINCT given.video_id {_SPLIT} ORDER BY given.video_id LIMIT %(most)s"  # constants
LOCK = "SELECT id FROM tagging_video WHERE id = ANY(%(videos)s) ORDER BY id FOR NO KEY UPDATE"
OPEN_AGAIN = f"""
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why)
SELECT DISTINCT given.video_id, given.business_line_id, 1, %(priority)s, %(why)s::jsonb
{_SPLIT} AND given.video_id = ANY(%(videos)s)
ON CONFLICT (video_id, business_line_id, slot) DO UPDATE
SET state = 'waiting', reviewer_id = NULL, lease_until = NULL, done_at = NULL, why = excluded.why,
    priority = greatest(annotation_reviewtask.priority, excluded.priority)
WHERE annotation_reviewtask.state = 'done'
"""  # constants


def of_split_tags(most: int | None = None) -> bool:
    """Have videos with a tag that was split without a default reviewed again. Returns whether that was all."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"most": None if most is None else most + 1})
        found = [video for (video,) in cursor.fetchall()]
    chosen = found[:most]
    for start in range(0, len(chosen), BATCH):
        _open(chosen[start : start + BATCH])
    return most is None or len(found) <= most


@transaction.atomic
def _open(videos: Sequence[int]) -> None:
    values: dict[str, Any] = {"videos": list(videos), "priority": PRIORITY, "why": json.dumps({"split_tag": 1})}
    with connection.cursor() as cursor:
        for statement in (LOCK, OPEN_AGAIN):
            cursor.execute(statement, values)
