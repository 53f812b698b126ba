"""Small numbers that tell people how far they are."""

from __future__ import annotations

from typing import TypedDict

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Avg, Count
from django.utils import timezone

from annotation.models import ReviewTask
from taxonomy.models import BusinessLine

WAITING_SECONDS = 10  # so old the count of a long queue may be: counting 100,000 rows takes longer than a claim


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
    mine = ReviewTask.objects.filter(reviewer=reviewer, state=ReviewTask.State.DONE, done_at__gte=midnight)
    done = mine.aggregate(today=Count("pk"), seconds=Avg("current_review__seconds"))
    return {"today": done["today"], "seconds": done["seconds"] and round(done["seconds"], 1)}


def waiting(line: BusinessLine) -> int:
    """Tasks of the line that nobody holds, give or take the last ten seconds."""
    tasks = ReviewTask.objects.filter(business_line=line, state=ReviewTask.State.WAITING, slot__lte=line.overlap)
    return cache.get_or_set(f"waiting-{line.pk}", tasks.count, WAITING_SECONDS) or 0
