"""What others and the models say of a clip is not shown to who reviews it, until the review can no longer be undone.

Else the page of a video would tell what a gold clip's tags are, and which suggestion was seeded. It holds for all clips
alike, so that it tells nothing of any; editors and admins look after clips and see everything.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import ReviewTask

UNDO_WITHIN = timedelta(hours=24)


def veiled(user: Any, video: int) -> bool:
    """Whether this person reviews the video now, or did so within a day."""
    if user.has_perm("annotation.add_goldclip"):
        return False
    now = Q(state=ReviewTask.State.CLAIMED, lease_until__gt=Now())
    lately = Q(state=ReviewTask.State.DONE, done_at__gt=Now() - UNDO_WITHIN)
    return ReviewTask.objects.filter(now | lately, video=video, reviewer=user.pk).exists()
