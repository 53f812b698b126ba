"""One verdict for a whole group: a review for each clip in one short transaction, and all of them taken back as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation import readings, refusals
from annotation.groups import choice, rows, terms
from annotation.groups.models import ClipGroup, ClipLook, GroupReview
from annotation.groups.terms import Plan
from annotation.reviews import UNDO_WITHIN, OperationReused, Refused
from annotation.verdicts import UNKNOWN, Effort
from taxonomy import guidelines

HELD, CONFLICT, SINCE = "held", "conflict", "since"


class Unlooked(Exception):
    """Clips of the sample that the reviewer has not opened yet."""

    def __init__(self, videos: Iterable[int]) -> None:
        self.videos = list(videos)
        super().__init__(f"videos {self.videos}")


class NothingToSend(Exception):
    """No clip of the group is left that the verdict could be said of."""


class TooLate(Exception):
    """The group was reviewed too long ago to take it back."""


def look(group: ClipGroup, reviewer: User, video: int) -> None:
    """That the reviewer opened a clip of the group."""
    known = ClipLook(group=group, reviewer=reviewer, video_id=video)
    ClipLook.objects.bulk_create([known], ignore_conflicts=True)


def sample(group: int, reviewer: int, videos: Iterable[int]) -> list[int]:
    """The clips that this reviewer has to open before one verdict holds for all of `videos`."""
    return choice.sample(videos, f"{settings.SECRET_KEY}/{group}/{reviewer}")


def send(
    group: ClipGroup,
    reviewer: User,
    *,
    operation: UUID,
    choices: Mapping[int, str],
    without: Collection[int] = (),
    effort: Effort = UNKNOWN,
    confirmed: Collection[int] = (),
) -> GroupReview:
    """Review every clip of the group that this reviewer may judge now, save those `without`.

    Clips in other hands, and clips whose rules the verdict breaks, are left out and listed. Sent twice with one
    operation id, it is done once. Raises Unlooked, NothingToSend, Refused, Unconfirmed or OperationReused; then nothing
    is stored.
    """
    readings.note(reviewer.pk, confirmed, confirmed=True)
    try:
        with transaction.atomic():
            # First, so that a twin waits here for what becomes of this one.
            event = GroupReview.objects.create(
                business_line_id=group.business_line_id,
                reviewer=reviewer,
                operation=operation,
                choices={str(tag): said for tag, said in sorted(choices.items())},
                **asdict(effort),
            )
            return _send(event, group, choices, frozenset(without))
    except IntegrityError as error:
        if "operation" not in str(error):
            raise
    return _stored(operation, reviewer, choices)


def _stored(operation: UUID, reviewer: User, choices: Mapping[int, str]) -> GroupReview:
    event = GroupReview.objects.filter(operation=operation, reviewer=reviewer).first()
    if event is None or event.choices != {str(tag): said for tag, said in choices.items()}:
        raise OperationReused
    return event


def _send(event: GroupReview, group: ClipGroup, choices: Mapping[int, str], without: frozenset[int]) -> GroupReview:
    clips = rows.lock(group.pk, event.business_line_id, event.reviewer_id, without)
    mine = [clip.video for clip in clips]
    looks = set(group.looks.filter(reviewer=event.reviewer_id).values_list("video", flat=True))
    if unlooked := [video for video in sample(group.pk, event.reviewer_id, mine) if video not in looks]:
        raise Unlooked(unlooked)
    now = terms.of(event.business_line, clips)
    planned = terms.plan(clips, choices, now)
    if not planned.judged:
        raise NothingToSend
    texts = guidelines.texts({s.tag for one in planned.judged for s in one.said}, event.business_line_id, now.edition)
    readings.check(event.reviewer_id, texts)
    rows.write(event, planned.judged, now.edition.version, {tag: text.pk for tag, text in texts.items()})
    members = {clip.video for clip in rows.read(group.pk, event.business_line_id, event.reviewer_id)}
    held = [{"video": video, "why": HELD} for video in sorted(members - without - set(mine))]
    event.left_out = held + told(planned, now)
    event.save(update_fields=["left_out"])
    return event


def told(plan: Plan, now: terms.Terms) -> list[dict[str, object]]:
    """The clips whose rules the verdict breaks, each with the reason in words."""
    refused = Refused(now.edition, [conflict for _clip, broken in plan.conflicts for conflict in broken])
    texts = iter(refusals.describe(refused)["conflicts"])
    return [
        {"video": clip.video, "why": CONFLICT, "text": " ".join(next(texts)["text"] for _conflict in broken)}
        for clip, broken in plan.conflicts
    ]


@transaction.atomic
def undo(event: int, reviewer: User, operation: UUID) -> GroupReview:
    """Give every clip back what it was before; those that somebody reviewed since stay and are listed.

    Asked twice, it is done once. Raises GroupReview.DoesNotExist or TooLate.
    """
    locked = GroupReview.objects.select_for_update(no_key=True).get(pk=event, reviewer=reviewer)
    if locked.undone_at is not None:
        return locked
    if locked.created_at < timezone.now() - UNDO_WITHIN:
        raise TooLate
    _restored, left = rows.restore(locked, operation)
    locked.undone_at, locked.left_alone = timezone.now(), [{"video": video, "why": SINCE} for video in left]
    locked.save(update_fields=["undone_at", "left_alone"])
    return locked
