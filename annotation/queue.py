"""Who reviews what next: tasks with a priority, a lease that the page renews, and a fencing token.

A lease that ran out is lost only when somebody else takes the task: then the token has grown, and what the former
holder sends is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.db.models import Case, Value, When
from django.db.models.functions import Now

from annotation.models import GOLD_SLOT, ReviewTask
from annotation.probes import serving
from tagging import statements
from taxonomy.models import BusinessLine

State = ReviewTask.State
# A gold clip that was handed to somebody waits for them.
_FREE = Case(When(slot__gte=GOLD_SLOT, assignee=None, then=Value(State.SPARE)), default=Value(State.WAITING))


class LeaseLost(Exception):
    """The task is no longer this reviewer's: the lease ran out and somebody else took it, or it is finished."""


# Expired leases stand in the index where they were, so nobody has to sweep them. A row that another claim has locked
# is passed over; one that was taken a moment ago is looked at again by PostgreSQL before it is locked. The slots of
# the same video are asked for one by one (IS NULL, not NOT EXISTS, which would first gather all this person ever did).
_MAY = f"""
      AND (task.state = 'waiting' OR task.lease_until < now())
      AND NOT (SELECT shut FROM gate)
      AND (task.slot <= (SELECT overlap FROM taxonomy_businessline WHERE id = %(line)s)
           OR task.slot >= {GOLD_SLOT} AND task.assignee_id = %(reviewer)s)
      AND (SELECT count(*) FROM annotation_reviewtask held
           WHERE held.reviewer_id = %(reviewer)s AND held.state = 'claimed' AND held.lease_until >= now()) < %(limit)s
      AND (SELECT other.id FROM annotation_reviewtask other
           WHERE other.video_id = task.video_id AND other.business_line_id = task.business_line_id
             AND other.reviewer_id = %(reviewer)s AND other.id <> task.id LIMIT 1) IS NULL
    ORDER BY task.priority DESC, task.id
    LIMIT 1 FOR UPDATE OF task SKIP LOCKED
"""  # noqa: S608  # constants
# What is assigned to this person comes first; what is assigned to others is in an index of its own, so that it is in
# nobody's way. Of one's own a few are taken from the index before anything is asked of them: so the planner knows that
# there are few, and keeps one plan for everybody.
_ASSIGNED = f"""
    SELECT task.id FROM (
        SELECT id FROM annotation_reviewtask
        WHERE assignee_id = %(reviewer)s AND business_line_id = %(line)s AND state IN ('waiting', 'claimed')
          AND (state = 'waiting' OR lease_until < now()) AND id <> ALL(%(leave)s)
        ORDER BY priority DESC, id LIMIT 20
    ) own JOIN annotation_reviewtask task ON task.id = own.id
    WHERE task.assignee_id = %(reviewer)s {_MAY}
"""  # noqa: S608  # constants
_MOST_URGENT = f"""
    SELECT found.id, found.video_id FROM annotation_reviewtask found WHERE found.id = coalesce(({_ASSIGNED}), (
        SELECT task.id FROM annotation_reviewtask task
        WHERE task.business_line_id = %(line)s AND task.state IN ('waiting', 'claimed') AND task.assignee_id IS NULL
          AND task.id <> ALL(%(leave)s) {_MAY}
    ))
"""  # noqa: S608  # constants
_COLUMNS = statements.columns(ReviewTask, "annotation_reviewtask")
CLAIM = f"""
WITH {serving.GATE}, urgent AS MATERIALIZED ({_MOST_URGENT}), {serving.GOLD}, {serving.KNOWN}, claimed AS (
    UPDATE annotation_reviewtask
    SET state = 'claimed', reviewer_id = %(reviewer)s, lease_until = now() + %(lease)s, token = token + 1
    WHERE id = coalesce((SELECT task FROM gold), (SELECT id FROM urgent))
    RETURNING {_COLUMNS}
), {serving.PROBE}
SELECT {statements.columns(ReviewTask, "claimed")} FROM claimed
"""  # noqa: S608  # constants
# What this person holds already, the longest held first: found by the index of held tasks. The renewed lease keeps its
# token, because the page that may still show the clip has that one. A clip that is being sent right now is locked.
RESUME = f"""
UPDATE annotation_reviewtask SET lease_until = now() + %(lease)s
WHERE id = (
    SELECT task.id FROM annotation_reviewtask task
    WHERE task.reviewer_id = %(reviewer)s AND task.state = 'claimed' AND task.lease_until > now()
      AND task.business_line_id = %(line)s AND task.id <> ALL(%(leave)s)
    ORDER BY task.lease_until, task.id
    LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING {_COLUMNS}
"""  # noqa: S608  # constants


def claim(reviewer: User, line: BusinessLine, leave: Sequence[int] = ()) -> ReviewTask | None:
    """Hand out the most urgent task that nobody holds, never a second slot of a video this reviewer has had.

    None when there is none, or when the reviewer holds REVIEW_CLAIMS_HELD already. `leave` are tasks not to take.
    """
    for _attempt in range(3):
        try:
            return _handed_out(CLAIM, reviewer, line, leave)
        except IntegrityError:
            # The same person claimed two slots of one video in the same moment; the other slot is theirs.
            continue
    return None


def held(reviewer: User, line: BusinessLine, leave: Sequence[int] = ()) -> ReviewTask | None:
    """The task this reviewer has held longest, its lease renewed. `leave` are tasks not to take."""
    return _handed_out(RESUME, reviewer, line, leave)


def take(reviewer: User, line: BusinessLine, leave: Sequence[int] = ()) -> ReviewTask | None:
    """One more for this reviewer: a clip that an earlier page of theirs left behind, else a new one."""
    return held(reviewer, line, leave) or claim(reviewer, line, leave)


def heartbeat(task: int, reviewer: User, token: int) -> datetime:
    """Renew the lease. Returns until when it holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_reviewtask SET lease_until = now() + %s"
            " WHERE id = %s AND reviewer_id = %s AND token = %s AND state = 'claimed' RETURNING lease_until",
            [_lease(), task, reviewer.pk, token],  # type: ignore[list-item]  # psycopg adapts a timedelta
        )
        row = cursor.fetchone()
    if row is None:
        raise LeaseLost
    return row[0]


def give_back(task: int, reviewer: User, token: int) -> None:
    """Let somebody else have it."""
    _leave(task, reviewer, token, state=_FREE, reviewer=None)


def skip(task: int, reviewer: User, token: int, reason: str) -> None:
    """Take it out of the queue until an admin returns it. It stays this reviewer's slot."""
    _leave(task, reviewer, token, state=State.SKIPPED, skip_reason=reason, done_at=Now(), assignee=None)


def put_back(task: int) -> None:
    """Return a skipped task to the queue. Nothing happens when it is no longer skipped."""
    ReviewTask.objects.filter(pk=task, state=State.SKIPPED).update(
        state=_FREE, reviewer=None, skip_reason="", done_at=None
    )


def _leave(task: int, holder: User, token: int, **changes: Any) -> None:
    mine = ReviewTask.objects.filter(pk=task, reviewer=holder, token=token, state=State.CLAIMED)
    if not mine.update(lease_until=None, **changes):
        raise LeaseLost


def _handed_out(statement: str, reviewer: User, line: BusinessLine, leave: Sequence[int]) -> ReviewTask | None:
    values = {
        "reviewer": reviewer.pk,
        "line": line.pk,
        "lease": _lease(),
        "leave": list(leave),
        "limit": settings.REVIEW_CLAIMS_HELD,
        **serving.values(),
    }
    row = statements.row(statement, values)
    return statements.instance(ReviewTask, row) if row else None


def _lease() -> timedelta:
    return timedelta(seconds=settings.REVIEW_LEASE_SECONDS)
