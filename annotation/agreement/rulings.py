"""Deciding disputed tags: rulings are append-only, and of two adjudicators at once the second is told.

Each ruling on a tag of a video has the next number; whoever rules names the number they saw. A unique constraint lets
one of them have it.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from annotation.agreement import consensus, notices
from annotation.agreement.weighing import SURE
from annotation.models import Consensus, Ruling
from tagging import statements
from tagging.models import Video
from taxonomy import rulebook
from taxonomy.rules import Conflict

MOST_TEXT = 1000  # characters of a comment

INSERT = """
INSERT INTO annotation_ruling (video_id, business_line_id, tag_id, number, choice, comment, adjudicator_id, operation)
SELECT %(video)s, %(line)s, %(tag)s, %(seen)s + 1, %(choice)s, %(comment)s, %(adjudicator)s, %(operation)s::uuid
WHERE %(seen)s = (SELECT coalesce(max(number), 0) FROM annotation_ruling
                  WHERE video_id = %(video)s AND business_line_id = %(line)s AND tag_id = %(tag)s)
ON CONFLICT (video_id, business_line_id, tag_id, number) DO NOTHING
RETURNING id
"""


class Overtaken(Exception):
    """Somebody else ruled since the sender looked; nothing was stored. `latest` is theirs."""

    def __init__(self, latest: Ruling | None) -> None:
        super().__init__(f"latest is {latest.number if latest else 0}")
        self.latest = latest


class OperationReused(Exception):
    """The operation id belongs to another ruling."""


class Contradicted(Exception):
    """An accepted tag could not stand: it may not be given, or it and another ruling break a rule."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.conflicts = conflicts


def latest(video: int, line: int, tag: int) -> Ruling | None:
    """The last thing ruled of this tag of this video, a taking back included."""
    ruled = Ruling.objects.filter(video=video, business_line=line, tag=tag).select_related("adjudicator")
    return ruled.order_by("-number").first()


def rule(
    disputed: Consensus,
    *,
    accept: bool,
    adjudicator: User,
    seen: int,
    comment: str = "",
    operation: UUID | None = None,
) -> Ruling:
    """Decide a tag of a video; `seen` is the number of the last ruling the adjudicator saw, 0 for none.

    Sent twice with one operation id, it is stored once. Raises Overtaken, Contradicted or OperationReused; then nothing
    is stored.
    """
    choice = Ruling.Choice.ACCEPT if accept else Ruling.Choice.REJECT
    video, line, tag = disputed.video_id, disputed.business_line_id, disputed.tag_id
    with transaction.atomic():
        Video.objects.select_for_update(no_key=True).only("pk").get(pk=video)  # as where reviews are stored
        if stored := _stored(operation, (video, line, tag), choice, adjudicator):
            return stored
        ruling = _store(video, line, tag, choice, adjudicator, seen, comment, operation)
        settled = consensus.settle([video], line)[video]
        accepted = {tag for tag, one in settled.weighed.items() if one.ruled and one.confidence > SURE}
        if not accepted <= settled.tags:
            raise Contradicted(rulebook.load(line=line).conflicts(accepted | settled.tags))
        notices.tell(ruling)
    return ruling


def undo(ruling: Ruling, adjudicator: User, operation: UUID | None = None) -> Ruling:
    """Take a ruling back: the consensus holds again. Raises Overtaken when something was ruled after it, and
    OperationReused."""
    with transaction.atomic():
        Video.objects.select_for_update(no_key=True).only("pk").get(pk=ruling.video_id)
        place = ruling.video_id, ruling.business_line_id, ruling.tag_id
        if stored := _stored(operation, place, Ruling.Choice.UNDO, adjudicator):
            return stored
        if ruling.choice == Ruling.Choice.UNDO:
            raise Overtaken(ruling)
        undoing = _store(*place, Ruling.Choice.UNDO, adjudicator, ruling.number, "", operation)
        consensus.settle([ruling.video_id], ruling.business_line_id)
    return undoing


def _stored(operation: UUID | None, place: tuple[int, int, int], choice: str, adjudicator: User) -> Ruling | None:
    """The ruling this operation made before."""
    ruling = Ruling.objects.filter(operation=operation).first() if operation else None
    if ruling is None:
        return None
    told = ruling.video_id, ruling.business_line_id, ruling.tag_id
    if (told, ruling.choice, ruling.adjudicator_id) != (place, choice, adjudicator.pk):
        raise OperationReused
    return ruling


def _store(
    video: int,
    line: int,
    tag: int,
    choice: str,
    adjudicator: User,
    seen: int,
    comment: str,
    operation: UUID | None,
) -> Ruling:
    """The video is locked."""
    values = {
        "video": video,
        "line": line,
        "tag": tag,
        "choice": str(choice),
        "adjudicator": adjudicator.pk,
        "seen": seen,
        "comment": comment[:MOST_TEXT],
        "operation": operation,
    }
    row = statements.row(INSERT, values)
    if row is None:
        raise Overtaken(latest(video, line, tag))
    return Ruling.objects.get(pk=row[0])
