"""Verdicts that were given under an older text of a guideline, and sending their clips to be reviewed again."""

from __future__ import annotations

import json

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from annotation.models import ReReview
from annotation.rereview import PRIORITY
from taxonomy.models import Guideline

# Done tasks whose current review judged by a former version of the same guideline; the order is that of a lottery.
OUTDATED = """
SELECT DISTINCT task.id, md5(task.id || ':' || %(seed)s) AS lot
FROM taxonomy_guideline newest
JOIN taxonomy_guideline former ON former.tag_id = newest.tag_id AND former.version < newest.version
  AND former.business_line_id IS NOT DISTINCT FROM newest.business_line_id
JOIN annotation_verdict verdict ON verdict.guideline_id = former.id
JOIN annotation_reviewtask task ON task.current_review_id = verdict.review_id AND task.state = 'done'
WHERE newest.id = %(guideline)s
"""
# What was said stands until somebody says something else. That the state is asked again lets a review win that
# is undone in this very moment.
OPEN = """
UPDATE annotation_reviewtask SET state = 'waiting', reviewer_id = NULL, lease_until = NULL, done_at = NULL,
    why = %(why)s::jsonb, priority = greatest(priority, %(priority)s)
WHERE id IN (SELECT id FROM annotation_reviewtask WHERE id = ANY(%(tasks)s) ORDER BY id FOR NO KEY UPDATE)
  AND state = 'done' AND current_review_id IS NOT NULL
RETURNING id
"""
CLOSE = """
UPDATE annotation_reviewtask task SET state = 'done', reviewer_id = review.reviewer_id, done_at = review.created_at,
    why = '{}', priority = 0
FROM annotation_review review
WHERE task.id IN (SELECT id FROM annotation_reviewtask WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
  AND task.state = 'waiting' AND review.id = task.current_review_id
  AND NOT EXISTS (SELECT FROM annotation_reviewtask other WHERE other.video_id = task.video_id AND other.id <> task.id
    AND other.business_line_id = task.business_line_id AND other.reviewer_id = review.reviewer_id)
"""


def count(guideline: Guideline) -> int:
    """Clips whose verdicts are older than this text."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({OUTDATED}) found", {"guideline": guideline.pk, "seed": 0})  # noqa: S608
        return int(cursor.fetchone()[0])


@transaction.atomic
def send(
    guideline: Guideline, author: User, *, most: int | None = None, percent: float | None = None, seed: int = 0
) -> ReReview:
    """Have the clips reviewed again: all, at most so many, or so many per cent; the same seed draws the same ones."""
    with connection.cursor() as cursor:
        values = {"guideline": guideline.pk, "seed": seed}
        cursor.execute(f"SELECT id FROM ({OUTDATED}) found ORDER BY lot, id", values)  # noqa: S608
        found = [pk for (pk,) in cursor.fetchall()]
        if percent is not None:
            most = -int(-len(found) * percent // 100)  # rounded up: one per cent of ten is one
        drawn = found if most is None else found[:most]
        why = json.dumps({"guideline_changed": 1})
        cursor.execute(OPEN, {"tasks": drawn, "why": why, "priority": PRIORITY})
        opened = sorted(pk for (pk,) in cursor.fetchall())
    return ReReview.objects.create(guideline=guideline, author=author, tasks=opened, seed=seed)


@transaction.atomic
def undo(batch: ReReview) -> int:
    """Take back those that still wait: their former review holds as before. Returns how many; the second time none."""
    held = ReReview.objects.select_for_update().get(pk=batch.pk)
    if held.undone_at is not None:
        return 0
    held.undone_at = timezone.now()
    held.save(update_fields=["undone_at"])
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [held.tasks])
        return cursor.rowcount


def waiting(batch: ReReview) -> int:
    """Of those sent, how many nobody has taken yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM annotation_reviewtask WHERE id = ANY(%s) AND state = 'waiting'", [batch.tasks]
        )
        return int(cursor.fetchone()[0])
