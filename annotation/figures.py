"""Small numbers that tell people how far they are."""

from __future__ import annotations

from typing import TypedDict

from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from annotation.models import ReviewTask
from tagging import statements
from taxonomy.models import BusinessLine

WAITING_SECONDS = 10  # so old the count of a long queue may be: counting 100,000 rows takes longer than a claim

TODAY = """
SELECT count(*), avg(review.seconds)
FROM annotation_reviewtask task LEFT JOIN annotation_review review ON review.id = task.current_review_id
WHERE task.reviewer_id = %(reviewer)s AND task.state = 'done' AND task.done_at >= %(since)s
"""


class Today(TypedDict):
    today: int  # clips reviewed since midnight
    seconds: float | None  # of work a clip, today


class Figures(Today):
    waiting: int


def own(reviewer: User, line: BusinessLine) -> Figures:
    """What the header of the review page shows."""
    return {**today(reviewer), "waiting": waiting(line)}


def today(reviewer: User) -> Today:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    done = statements.row(TODAY, {"reviewer": reviewer.pk, "since": midnight})
    assert done
    count, seconds = done
    return {"today": count, "seconds": seconds and round(seconds, 1)}


def waiting(line: BusinessLine) -> int:
    """Tasks of the line that nobody holds, give or take the last ten seconds."""
    tasks = ReviewTask.objects.filter(business_line=line, state=ReviewTask.State.WAITING, slot__lte=line.overlap)
    return cache.get_or_set(f"waiting-{line.pk}", tasks.count, WAITING_SECONDS) or 0
