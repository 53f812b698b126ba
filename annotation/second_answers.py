"""Answering a second look: the review that stands is said again with one tag changed, by who looked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from annotation import restoring, reviews
from annotation.models import ReviewTask, SecondLook
from annotation.probes import veil
from annotation.probes.veil import UNDO_WITHIN
from annotation.verdicts import Said
from tagging import statements
from taxonomy.models import BusinessLine

# Only what still stands as it was found, and of which this person has no other slot.
CLAIM = """
UPDATE annotation_reviewtask task
SET state = 'claimed', reviewer_id = %(reviewer)s, lease_until = now() + %(lease)s, token = token + 1, done_at = NULL
WHERE id = %(task)s AND state = 'done' AND current_review_id = %(review)s
  AND NOT EXISTS (SELECT FROM annotation_reviewtask other WHERE other.video_id = task.video_id AND other.id <> task.id
    AND other.business_line_id = task.business_line_id AND other.reviewer_id = %(reviewer)s)
RETURNING token
"""


# As where reviews are stored: the video is locked before the task.
LOCK = f"""
SELECT {restoring.BEFORE} FROM annotation_reviewtask task JOIN tagging_video video ON video.id = task.video_id
WHERE task.id = %(task)s FOR NO KEY UPDATE OF video, task
"""  # noqa: S608  # constants
KEEP = """
UPDATE annotation_secondlook SET stored_id = %(review)s, before = %(before)s::jsonb, given = ARRAY(
    SELECT given.tag_id FROM tagging_videotag given JOIN annotation_reviewtask task ON task.video_id = given.video_id
    WHERE task.id = %(task)s AND given.business_line_id = %(line)s ORDER BY given.tag_id)
WHERE id = %(look)s RETURNING id
"""
_KEPT = "(SELECT id, stored_id AS review_id, before, given FROM annotation_secondlook)"


class Gone(Exception):
    """Somebody else answered it, or the clip was reviewed again meanwhile."""


class Stays(Exception):
    """An answer cannot be taken back: it is too old (`too_late`), or somebody went on from it (`went_on`)."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def waiting(lines: Iterable[BusinessLine], person: User) -> QuerySet[SecondLook]:
    """What this person may look at, best first: not their own clips' other slots, nothing that changed since.

    Nor a clip of which they are not to know what others say (`annotation.probes.veil`).
    """
    place = {"video": OuterRef("task__video"), "business_line": OuterRef("business_line")}
    own = ReviewTask.objects.filter(**place, reviewer=person, slot__gt=1)
    rows = SecondLook.objects.filter(
        business_line__in=lines, answered_at=None, task__state=ReviewTask.State.DONE, task__current_review=F("review")
    )
    found = rows.filter(~Exists(own)).exclude(task__video__in=veil.unsaid(person))
    return found.select_related("task__video", "tag").order_by("-gain", "pk")


def counts(lines: Iterable[BusinessLine], person: User) -> dict[int, int]:
    """How many clips that is, by line; lines without any are left out."""
    rows = waiting(lines, person).order_by().values_list("business_line")
    return dict(rows.annotate(clips=Count("task__video", distinct=True)))


def behind(looks: QuerySet[SecondLook], place: SecondLook) -> QuerySet[SecondLook]:
    """Those that come after one that may have been answered since."""
    return looks.filter(Q(gain__lt=place.gain) | Q(gain=place.gain, pk__gt=place.pk))


def answer(look: SecondLook, person: User, *, missing: bool, operation: UUID) -> None:
    """Store what the second reviewer says of the tag, as a review of theirs.

    Where they refuse a tag that the first reviewer was never shown, nothing but the answer is stored. The same answer
    of the same person is stored once. Raises Gone, and what `reviews.submit` raises: then nothing is stored.
    """
    with transaction.atomic():
        still_open = SecondLook.objects.filter(pk=look.pk, answered_at=None)
        if not still_open.update(answered_at=Now(), answered_by=person, missing=missing):
            if SecondLook.objects.filter(pk=look.pk, answered_by=person, missing=missing).exists():
                return
            raise Gone
        proposed = look.model_version_id == look.review.model_version_id
        if not missing and not proposed:
            return
        before = _locked(look)
        review = reviews.submit(
            look.task_id,
            reviewer=person,
            token=_claim(look, person),
            operation=operation,
            verdicts=_changed(look, missing=missing, proposed=proposed),
            model_version=look.review.model_version_id,
        )
        place = {"look": look.pk, "task": look.task_id, "line": look.business_line_id}
        statements.row(KEEP, {"review": review.pk, "before": json.dumps(before), **place})


def last(line: BusinessLine, person: User) -> SecondLook | None:
    """What this person answered last, as long as it can be taken back."""
    since = timezone.now() - UNDO_WITHIN
    own = SecondLook.objects.filter(business_line=line, answered_by=person, answered_at__gt=since)
    return own.select_related("task__video", "tag").order_by("-answered_at", "-pk").first()


def undo(look: SecondLook, person: User, operation: UUID) -> None:
    """Take this person's answer back: every row is as it was, and the question is open again.

    Asked twice, it is done once. Raises Gone when it is not their answer, Stays, and OperationReused.
    """
    try:
        with transaction.atomic():
            locked = SecondLook.objects.select_for_update(no_key=True).get(pk=look.pk)
            if locked.answered_at is None:
                return
            if locked.answered_by_id != person.pk:
                raise Gone
            if locked.answered_at < timezone.now() - UNDO_WITHIN:
                raise Stays("too_late")
            _locked(locked)
            if not (_restored(locked, person, operation) if locked.stored_id else _stands(locked)):
                raise Stays("went_on")
            open_again = dict.fromkeys(("answered_at", "answered_by", "missing", "stored", "before", "given"))
            SecondLook.objects.filter(pk=locked.pk).update(**open_again)
    except IntegrityError as error:
        if "operation" not in str(error):
            raise
        raise reviews.OperationReused from None


def take(look: SecondLook, person: User) -> ReviewTask:
    """Let the person review the whole clip again. Raises Gone."""
    with transaction.atomic():
        _claim(look, person)
    return ReviewTask.objects.get(pk=look.task_id)


def _locked(look: SecondLook) -> Any:
    """What is to be put back, of the clip whose rows are locked from now on."""
    row = statements.row(LOCK, {"task": look.task_id, "line": look.business_line_id})
    assert row
    return row[0]


def _restored(look: SecondLook, person: User, operation: UUID) -> bool:
    undoings = {look.pk: operation}
    return bool(restoring.restore(_KEPT, undoings, reviewer=person.pk, line=look.business_line_id))


def _stands(look: SecondLook) -> bool:
    """Whether the review that was looked at still holds."""
    held = ReviewTask.objects.filter(pk=look.task_id, state=ReviewTask.State.DONE, current_review=look.review_id)
    return held.exists()


def _claim(look: SecondLook, person: User) -> int:
    values = {
        "reviewer": person.pk,
        "lease": timedelta(seconds=settings.REVIEW_LEASE_SECONDS),
        "task": look.task_id,
        "review": look.review_id,
    }
    row = statements.row(CLAIM, values)
    if row is None:
        raise Gone
    return int(row[0])


def _changed(look: SecondLook, *, missing: bool, proposed: bool) -> Collection[Said]:
    said = [verdict.plain for verdict in look.review.verdicts.order_by("pk")]
    kept = [one for one in said if one.tag != look.tag_id]
    if not missing:
        before = next((one for one in said if one.tag == look.tag_id), None)
        return [*kept, before or Said(look.tag_id, "reject", "wrong")]
    return [*kept, Said(look.tag_id, "accept" if proposed else "add")]
