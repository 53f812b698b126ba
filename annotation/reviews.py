"""Storing what reviewers say: one short transaction that checks the lease, the taxonomy and the rules, then writes.

Reviews are append-only. What is sent twice with one operation id is stored once and answered alike, also when both
arrive in the same moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from annotation import readings, review_rows
from annotation.agreement import consensus
from annotation.models import GroupReview, Review, ReviewTask, SecondLook, Verdict
from annotation.probes import answers
from annotation.probes.veil import UNDO_WITHIN
from annotation.queue import LeaseLost
from annotation.review_rows import Locked
from annotation.task_models import ReviewTaskQuerySet
from annotation.verdicts import UNKNOWN, Effort, Said, given
from tagging.models import Video
from taxonomy import guidelines, rulebook, versions
from taxonomy.edition import Edition
from taxonomy.models import TaxonomyVersion
from taxonomy.rules import Conflict

State = ReviewTask.State
ROUNDED = 0.01  # seconds: pages tell spans to the hundredth


class Refused(Exception):
    """The verdicts cannot be stored as they are: broken rules, or tags that are not there."""

    def __init__(
        self,
        edition: Edition,
        conflicts: Sequence[Conflict] = (),
        unknown: Iterable[int] = (),
        unproposed: Iterable[int] = (),
        beyond: Iterable[int] = (),
    ) -> None:
        self.edition, self.beyond = edition, sorted(beyond)
        self.conflicts, self.unknown, self.unproposed = list(conflicts), sorted(unknown), sorted(unproposed)
        super().__init__(
            f"{len(self.conflicts)} conflicts, unknown {self.unknown}, not proposed {self.unproposed},"
            f" beyond the clip {self.beyond}"
        )


class OperationReused(Exception):
    """The operation id belongs to something else that was stored before."""


class NotUndoable(Exception):
    """There is no review to undo (`nothing_to_undo`), it is too old (`too_late`), or a part of something else
    (`in_group`, `in_second_look`), which is `event`.
    """

    def __init__(self, code: str, event: GroupReview | SecondLook | None = None) -> None:
        self.code, self.event = code, event
        super().__init__(code)


def submit(
    task: int,
    *,
    reviewer: User,
    token: int,
    operation: UUID,
    verdicts: Iterable[Said],
    model_version: int | None = None,
    effort: Effort = UNKNOWN,
    confirmed: Collection[int] = (),
) -> Review:
    """Store a review of a claimed task and give the video the tags it says.

    `model_version` is the model whose suggestions the reviewer saw; `confirmed` are the guidelines they confirm to have
    read, which is noted even if the rest is refused.
    Raises LeaseLost, Refused, Unconfirmed or OperationReused; then nothing is stored.
    """
    said = sorted(set(verdicts))
    readings.note(reviewer.pk, confirmed, confirmed=True)
    try:
        with transaction.atomic():
            return _submit(task, reviewer, token, operation, said, model_version, effort)
    except IntegrityError as error:
        if "operation" not in str(error):
            raise
        raise OperationReused from None  # by another task


def undo(*, reviewer: User, operation: UUID, review: int | None = None) -> Review:
    """Undo the reviewer's last review (or the given one) and claim its task again. Returns the undoing review.

    Raises NotUndoable or OperationReused.
    """
    with transaction.atomic():
        # One undo of a person at a time: of twins, the second must find what the first stored.
        User.objects.select_for_update(no_key=True).get(pk=reviewer.pk)
        if stored := Review.objects.filter(operation=operation).select_related("task").first():
            if stored.reviewer_id != reviewer.pk or stored.kind != Review.Kind.UNDO:
                raise OperationReused
            return stored
        return _undo(_undoable(reviewer, review), reviewer, operation)


def _stored(operation: UUID, task: int, reviewer: User, said: Sequence[Said]) -> Review | None:
    """The review this operation made before."""
    told = Review.objects.filter(operation=operation).select_related("probe_answer").prefetch_related("verdicts")
    review = told.first()
    if review is None:
        return None
    before = sorted(verdict.plain for verdict in review.verdicts.all())
    if hasattr(review, "probe_answer"):
        before = sorted(answers.unpacked(review.probe_answer.said))
    if (review.task_id, review.reviewer_id, before) != (task, reviewer.pk, list(said)):
        raise OperationReused
    return review


def _submit(
    pk: int,
    reviewer: User,
    token: int,
    operation: UUID,
    said: Sequence[Said],
    model_version: int | None,
    effort: Effort,
) -> Review:
    task = review_rows.lock(pk, reviewer.pk, token, model_version)
    if task is None:
        # Only now is it worth asking whether it was sent before, maybe while this one waited for the lock.
        if stored := _stored(operation, pk, reviewer, said):
            return stored
        raise LeaseLost
    tags = _checked(task, said)
    if unproposed := {s.tag for s in said if s.choice != Verdict.Choice.ADD} - task.proposed.keys():
        raise Refused(task.edition, unproposed=unproposed)
    if beyond := {s.tag for s in said if s.end is not None and s.end > task.length + ROUNDED}:
        raise Refused(task.edition, beyond=beyond)
    texts = guidelines.texts((s.tag for s in said), task.line, task.edition)
    readings.check(reviewer.pk, texts)
    review = Review(
        task_id=pk,
        reviewer=reviewer,
        operation=operation,
        kind=Review.Kind.GOLD if task.disguise.kind == "gold" else Review.Kind.REVIEW,
        taxonomy_version_id=task.edition.version,
        model_version_id=model_version if task.looked_at else None,
        **asdict(effort),
    )
    answer = answers.split(said, task.disguise.kind, task.disguise.tag)
    if task.disguise.kind == "wrong":
        tags = _without_seed(task, answer.kept)
    if review_rows.write(review, task, said, answer, {tag: text.pk for tag, text in texts.items()}, tags):
        consensus.settle([task.video], task.line)
    return review


def _locked() -> ReviewTaskQuerySet:
    """Tasks to write to, with their videos: reviewers of the other slots write the same tags of the video.

    The video is locked first, as where suggestions are stored, so that the two never wait for each other.
    """
    return ReviewTask.objects.select_for_update(no_key=True, of=("video", "self")).select_related("video")


def _checked(task: Locked, said: Sequence[Said]) -> set[int]:
    """The tags the video will have, merged ones followed. Raises Refused when they may not stand."""
    named = {s.tag for s in said} | given(said)
    now = rulebook.successors(named, task.edition, task.line)
    if unknown := named - now.keys():
        raise Refused(task.edition, unknown=unknown)
    tags = {now[tag] for tag in given(said)}
    if conflicts := rulebook.of(task.edition, task.line).conflicts(tags):
        raise Refused(task.edition, conflicts)
    return tags


def _without_seed(task: Locked, kept: Sequence[Said]) -> set[int]:
    """The tags the video will have of what is kept. What only the seeded tag made possible goes with it."""
    tags = set(rulebook.successors(given(kept), task.edition, task.line).values())
    book = rulebook.of(task.edition, task.line)
    return set(book.best_tags(dict.fromkeys(tags, 1.0))) if book.conflicts(tags) else tags


def _taxonomy() -> TaxonomyVersion:
    version = versions.current()
    assert version is not None  # a task speaks of published tags
    return version


def _undoable(reviewer: User, pk: int | None) -> Review:
    own = Review.objects.filter(reviewer=reviewer, kind__in=[Review.Kind.REVIEW, Review.Kind.GOLD], undone_by=None)
    # What a qualification made of its clips stands: its answers have been explained since.
    own = own.exclude(probe_answer__probe__exam__finished_at__isnull=False)
    own = own.select_related("group_item__event", "second_look__business_line")
    review = (own.filter(pk=pk) if pk else own).order_by("-pk").first()
    if review is None:
        raise NotUndoable("nothing_to_undo")
    if pk is None and hasattr(review, "group_item"):
        raise NotUndoable("in_group", review.group_item.event)  # one of many: nobody means it by "the last one"
    if pk is None and hasattr(review, "second_look"):
        raise NotUndoable("in_second_look", review.second_look)  # the question is to be open again too
    if review.created_at < timezone.now() - UNDO_WITHIN:
        raise NotUndoable("too_late")
    return review


def _undo(review: Review, reviewer: User, operation: UUID) -> Review:
    gold = review.kind == Review.Kind.GOLD
    holds = Q(state=State.DONE, current_review=None) if gold else Q(current_review=review)
    task = _locked().filter(holds, pk=review.task_id).first()
    if task is None:
        raise NotUndoable("nothing_to_undo")  # undone in this very moment
    undoing = Review.objects.create(
        task=task,
        reviewer=reviewer,
        kind=Review.Kind.UNDO,
        operation=operation,
        undoes=review,
        taxonomy_version=_taxonomy(),
        model_version_id=review.model_version_id,
    )
    # Of a task that was opened again, the review before stands again.
    standing = Review.objects.filter(task=task, undone_by=None)
    before = standing.exclude(kind__in=[Review.Kind.UNDO, Review.Kind.GOLD]).order_by("-pk").first()
    task.state, task.token, task.current_review, task.done_at = State.CLAIMED, task.token + 1, before, None
    task.lease_until = timezone.now() + timedelta(seconds=settings.REVIEW_LEASE_SECONDS)
    task.save(update_fields=["state", "token", "current_review", "done_at", "lease_until"])
    if gold:
        return undoing
    consensus.settle([task.video_id], task.business_line_id)
    if not ReviewTask.objects.filter(video=task.video_id, current_review__isnull=False).exists():
        Video.objects.filter(pk=task.video_id).update(reviewed_at=None)
    return undoing
