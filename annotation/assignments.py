"""Whose a clip is before anybody took it: admins assign clips to people, reviewers hand theirs to a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, QuerySet

from annotation.models import Assignment, HandOver, ReviewTask
from annotation.queue import LeaseLost
from tagging import standing
from tagging.policy import Policy
from taxonomy.models import BusinessLine

MOST = 5_000  # clips of one assignment
WINDOW = 50_000  # of the queue, the most urgent first, that are looked through for a selection

# Waiting clips that the person may have: no other slot of the video is theirs. The audit slice goes to whoever comes,
# so that nobody chooses who judges it. A row that somebody claims this moment is passed over.
_WANTED = """
front AS (
    SELECT task.id, task.video_id, task.slot, task.priority FROM annotation_reviewtask task
    WHERE task.business_line_id = %(line)s AND task.state = 'waiting' AND task.assignee_id IS NULL AND NOT task.audit
    ORDER BY task.priority DESC, task.id LIMIT %(window)s
), wanted AS (
    SELECT DISTINCT ON (front.priority, front.video_id) front.id, front.priority
    FROM front JOIN tagging_video video ON video.id = front.video_id
    WHERE front.slot <= (SELECT overlap FROM taxonomy_businessline WHERE id = %(line)s)
      AND (%(source)s = '' OR video.source = %(source)s)
      AND (%(uploader)s = '' OR video.uploader = %(uploader)s)
      AND (%(words)s = '' OR video.external_id = %(words)s OR strpos(lower(video.title), lower(%(words)s)) > 0)
      AND (%(tags)s::bigint[] IS NULL OR EXISTS (
        SELECT FROM tagging_suggestion proposed WHERE proposed.tag_id = ANY(%(tags)s) AND proposed.consistent
          AND proposed.confidence >= coalesce(
            (SELECT threshold FROM tagging_linepolicy WHERE business_line_id = %(line)s), %(threshold)s)
          AND proposed.suggestion_set_id = (SELECT id FROM tagging_suggestionset seen
            WHERE seen.video_id = front.video_id ORDER BY created_at DESC, id DESC LIMIT 1)))
      AND NOT EXISTS (
        SELECT FROM annotation_reviewtask other WHERE other.video_id = front.video_id
          AND other.business_line_id = %(line)s AND %(person)s IN (other.reviewer_id, other.assignee_id))
    ORDER BY front.priority DESC, front.video_id, front.slot
    LIMIT %(most)s
)
"""
COUNT = f"WITH {_WANTED} SELECT count(*) FROM wanted"  # noqa: S608  # constants
ASSIGN = f"""
WITH {_WANTED}, free AS (
    SELECT task.id FROM annotation_reviewtask task JOIN wanted ON wanted.id = task.id
    WHERE task.state = 'waiting' AND task.assignee_id IS NULL
    ORDER BY task.id FOR NO KEY UPDATE OF task SKIP LOCKED
)
UPDATE annotation_reviewtask task SET assignee_id = %(person)s FROM free WHERE task.id = free.id
"""  # noqa: S608  # constants
# The colleague has had no other slot of the video, and works for the line. A gold clip goes to them in the same slot.
HAND_OVER = """
WITH mine AS (
    UPDATE annotation_reviewtask task
    SET state = 'waiting', reviewer_id = NULL, lease_until = NULL, assignee_id = %(to)s
    WHERE task.id = %(task)s AND task.reviewer_id = %(giver)s AND task.token = %(token)s AND task.state = 'claimed'
      AND EXISTS (SELECT FROM taxonomy_businessline_members member JOIN auth_user person ON person.id = member.user_id
                  WHERE member.businessline_id = task.business_line_id AND person.id = %(to)s AND person.is_active)
      AND NOT EXISTS (SELECT FROM annotation_reviewtask other WHERE other.video_id = task.video_id
                      AND other.business_line_id = task.business_line_id AND other.reviewer_id = %(to)s
                      AND other.id <> task.id)
    RETURNING task.id
)
INSERT INTO annotation_handover (task_id, giver_id, receiver_id, note, operation)
SELECT id, %(giver)s, %(to)s, %(note)s, %(operation)s::uuid FROM mine
"""


class OperationReused(Exception):
    """The operation id belongs to something else that was stored."""


class NotTheirs(Exception):
    """The colleague has reviewed the clip already, or does not work for its line."""


@dataclass(frozen=True)
class Selection:
    """Which of a line's waiting clips; an empty field says nothing."""

    words: str = ""  # in the title, or the external id
    source: str = ""
    uploader: str = ""
    tag: int | None = None  # that the models propose, or one below it
    most: int = 50


def count(line: BusinessLine, person: User, wanted: Selection) -> int:
    """How many waiting clips `assign` would assign now."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _values(line, person, wanted))
        return int(cursor.fetchone()[0])


def assign(line: BusinessLine, person: User, wanted: Selection, *, by: User, operation: UUID) -> int:
    """Assign waiting clips to a person, the most urgent first; returns how many. They get them before anything else.

    Sent twice with one operation id, it is done once. Raises OperationReused.
    """
    told = {"business_line": line, "person": person, "by": by}
    with transaction.atomic():
        noted, new = Assignment.objects.get_or_create(operation=operation, defaults=told)
        if not new:
            if any(getattr(noted, name) != value for name, value in told.items()):
                raise OperationReused
            return noted.clips
        with connection.cursor() as cursor:
            cursor.execute(ASSIGN, _values(line, person, wanted))
            noted.clips = cursor.rowcount
        noted.save(update_fields=["clips"])
        return noted.clips


def _values(line: BusinessLine, person: User, wanted: Selection) -> dict[str, Any]:
    return {
        "line": line.pk,
        "person": person.pk,
        "words": wanted.words,
        "source": wanted.source,
        "uploader": wanted.uploader,
        "tags": None if wanted.tag is None else standing.branch(wanted.tag),
        "threshold": Policy().threshold,
        "most": min(wanted.most, MOST),
        "window": WINDOW,
    }


def release(line: BusinessLine, person: User) -> int:
    """Give everybody the clips that were assigned to a person and that they have not taken yet; returns how many."""
    mine = ReviewTask.objects.filter(business_line=line, assignee=person, state=ReviewTask.State.WAITING)
    return mine.release()


def waiting(lines: QuerySet[BusinessLine]) -> list[dict[str, object]]:
    """How many assigned clips wait for whom."""
    assigned = ReviewTask.objects.open().filter(business_line__in=lines, assignee__isnull=False)
    rows = (
        assigned.values("business_line", "assignee").annotate(clips=Count("pk")).order_by("business_line", "assignee")
    )
    people = User.objects.in_bulk([row["assignee"] for row in rows])
    named = {line.pk: line for line in lines}
    return [
        {"line": named[row["business_line"]], "person": people[row["assignee"]], "clips": row["clips"]} for row in rows
    ]


def waiting_for(person: User) -> dict[int, int]:
    """How many assigned clips wait for a person, by business line. One query."""
    own = ReviewTask.objects.open().filter(assignee=person).values("business_line")
    return dict(own.annotate(clips=Count("pk")).values_list("business_line", "clips"))


def hand_over(task: int, giver: User, token: int, *, to: int, note: str, operation: UUID | None = None) -> None:
    """Give a clip in hand to a colleague, with a note for them. Raises LeaseLost, NotTheirs or OperationReused.

    Sent twice with one operation id, it is done once.
    """
    if operation and (stored := HandOver.objects.filter(operation=operation).first()):
        if (stored.task_id, stored.giver_id, stored.receiver_id) != (task, giver.pk, to):
            raise OperationReused
        return
    values: dict[str, Any] = {
        "task": task,
        "giver": giver.pk,
        "token": token,
        "to": to,
        "note": note,
        "operation": operation,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HAND_OVER, values)
        if cursor.rowcount:
            return
    if ReviewTask.objects.claimed_by(giver).filter(pk=task, token=token).exists():
        raise NotTheirs
    raise LeaseLost


def colleagues(line: BusinessLine, person: User) -> QuerySet[User]:
    """To whom a clip of the line can be handed."""
    return line.members.filter(is_active=True, groups__name="annotator").exclude(pk=person.pk).order_by("username")
