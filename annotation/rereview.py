"""Videos whose labels have to be looked at again: done tasks open again, and those that nobody looked at get one.

What was said stands until somebody says something else: a task that is open again keeps its current review.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

PRIORITY = 1.0  # before what the models are unsure of

# The first slot of a video for a line; a task that is waiting or in somebody's hands is looked at anyway.
OPEN_AGAIN = """
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why)
SELECT DISTINCT video_id, business_line_id, 1, %(priority)s, %(why)s::jsonb
FROM tagging_videotag WHERE tag_id = ANY(%(tags)s)
ON CONFLICT (video_id, business_line_id, slot) DO UPDATE
SET state = 'waiting', reviewer_id = NULL, lease_until = NULL, done_at = NULL, why = excluded.why,
    priority = greatest(annotation_reviewtask.priority, excluded.priority)
WHERE annotation_reviewtask.state = 'done'
"""


def of_tags(tags: Iterable[int], why: str) -> int:
    """Have every video that has one of these tags reviewed again; `why` is a key that the review page has words for.

    Returns how many tasks were opened. One statement.
    """
    values: dict[str, Any] = {"tags": sorted(tags), "priority": PRIORITY, "why": json.dumps({why: 1})}
    with connection.cursor() as cursor:
        cursor.execute(OPEN_AGAIN, values)
        return cursor.rowcount
