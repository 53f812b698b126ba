"""Telling reviewers of rulings against their verdicts, so that they judge the next clip as the guideline means.

Told is who spoke of the tag, in a review that still holds and that showed what the models said: nobody is to learn that
a clip was shown otherwise. Nor is anybody told of a clip that is veiled from them (`tagging.veils`).
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from annotation.models import Ruling, RulingNotice
from tagging import statements

TELL = """
INSERT INTO annotation_rulingnotice (ruling_id, review_id, reviewer_id)
SELECT ruling.id, review.id, review.reviewer_id
FROM annotation_ruling ruling
JOIN annotation_reviewtask task ON task.video_id = ruling.video_id AND task.business_line_id = ruling.business_line_id
JOIN annotation_review review ON review.id = task.current_review_id AND review.kind = 'review'
CROSS JOIN LATERAL (
    SELECT bool_or(said.choice IN ('accept', 'add') OR said.replacement_id IS NOT DISTINCT FROM ruling.tag_id) AS gave
    FROM annotation_verdict said
    WHERE said.review_id = review.id AND ruling.tag_id IN (said.tag_id, said.replacement_id)
) told
WHERE ruling.id = %(ruling)s AND told.gave <> (ruling.choice = 'accept')
  AND review.reviewer_id <> ruling.adjudicator_id
  AND NOT EXISTS (SELECT FROM annotation_probeanswer WHERE review_id = review.id)
RETURNING id
"""


def tell(ruling: Ruling) -> None:
    """Note who is to be told of a new ruling. In its transaction."""
    statements.rows(TELL, {"ruling": ruling.pk})


def of(reviewer: User, unsaid: Collection[int]) -> QuerySet[RulingNotice]:
    """What this person may be told, the newest first: of rulings and reviews that hold, not of the videos `unsaid`."""
    same = {name: OuterRef(f"ruling__{name}") for name in ("video", "business_line", "tag")}
    later = Ruling.objects.filter(**same, number__gt=OuterRef("ruling__number"))
    held = RulingNotice.objects.filter(~Exists(later), reviewer=reviewer, review__task__current_review=F("review"))
    told = held.exclude(ruling__video__in=unsaid).select_related("ruling__video", "ruling__business_line")
    return told.order_by("-ruling")


def new(reviewer: User, unsaid: Collection[int]) -> QuerySet[RulingNotice]:
    """Those of them that the person has not looked at."""
    return of(reviewer, unsaid).filter(seen_at=None)


def seen(notice: RulingNotice) -> None:
    RulingNotice.objects.filter(pk=notice.pk, seen_at=None).update(seen_at=Now())
