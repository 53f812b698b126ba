"""Small numbers that tell people how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from annotation.models import Probe, ReviewTask
from annotation.probes.veil import UNDO_WITHIN
from tagging import statements
from taxonomy.models import BusinessLine

WAITING_SECONDS = 10  # so old the count of a long queue may be: counting 100,000 rows takes longer than a claim

# With the exam that is open in the line, if there is one: clips done, clips to do, per cent of their tags to be right.
TODAY = """
SELECT count(*), avg(review.seconds), (
    SELECT ARRAY[(
        SELECT count(DISTINCT probe.id) FROM annotation_probe probe
        JOIN annotation_probeanswer answer ON answer.probe_id = probe.id
        WHERE probe.exam_id = exam.id
          AND NOT EXISTS (SELECT FROM annotation_review undoing WHERE undoing.undoes_id = answer.review_id)
    ), exam.clips, exam.pass_mark]
    FROM annotation_exam exam
    WHERE exam.person_id = %(reviewer)s AND exam.business_line_id = %(line)s AND exam.finished_at IS NULL)
FROM annotation_reviewtask task LEFT JOIN annotation_review review ON review.id = coalesce(
    task.current_review_id,
    (SELECT max(id) FROM annotation_review made WHERE made.task_id = task.id AND made.kind = 'gold'))
WHERE task.reviewer_id = %(reviewer)s AND task.state = 'done' AND task.done_at >= %(since)s
"""


EFFORT_CLIPS = 50  # lately, and as many before that
EFFORT = """
SELECT count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE lately),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE NOT lately),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY keystrokes) FILTER (WHERE lately),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY keystrokes) FILTER (WHERE NOT lately),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY edits) FILTER (WHERE lately),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY edits) FILTER (WHERE NOT lately)
FROM (
    SELECT seconds, keystrokes, edits, row_number() OVER (ORDER BY id DESC) <= %(clips)s AS lately
    FROM annotation_review
    WHERE reviewer_id = %(reviewer)s AND kind IN ('review', 'gold') AND seconds IS NOT NULL
    ORDER BY id DESC LIMIT 2 * %(clips)s
) review
"""


@dataclass(frozen=True)
class Median:
    """Of one's last clips, and of as many before; None where nothing was counted."""

    now: float | None
    before: float | None

    @property
    def change(self) -> float | None:
        """Since then; None where there is nothing to compare."""
        return None if self.now is None or self.before is None else round(self.now - self.before, 1)

    @property
    def less(self) -> float:
        """By how much it fell."""
        return -(self.change or 0)


@dataclass(frozen=True)
class EffortFigures:
    """What a clip costs its reviewer."""

    clips: int  # that this was counted on
    seconds: Median
    keystrokes: Median
    edits: Median


class Today(TypedDict):
    today: int  # clips reviewed since midnight
    seconds: float | None  # of work a clip, today


class Figures(Today):
    waiting: int
    exam_done: int | None  # clips of the exam that is open; None: there is none
    exam_clips: int | None
    exam_mark: int | None  # per cent of their tags that have to be right


def own(reviewer: User, line: BusinessLine) -> Figures:
    """What the header of the review page shows."""
    count, seconds, exam = _today(reviewer, line.pk)
    done, clips, mark = exam or (None, None, None)
    return {
        "today": count,
        "seconds": seconds,
        "waiting": waiting(line),
        "exam_done": done,
        "exam_clips": clips,
        "exam_mark": mark,
    }


def today(reviewer: User) -> Today:
    count, seconds, _exam = _today(reviewer, None)
    return {"today": count, "seconds": seconds}


def _today(reviewer: User, line: int | None) -> tuple[int, float | None, list[int] | None]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = statements.row(TODAY, {"reviewer": reviewer.pk, "since": midnight, "line": line})
    assert found
    count, seconds, exam = found
    return count, seconds and round(seconds, 1), exam


def effort(reviewer: User) -> EffortFigures:
    """What a clip costs them lately. One statement, along the index of their reviews."""
    counted = statements.row(EFFORT, {"reviewer": reviewer.pk, "clips": EFFORT_CLIPS})
    assert counted
    clips, *medians = counted
    return EffortFigures(clips, *(Median(*medians[at : at + 2]) for at in (0, 2, 4)))


def waiting(line: BusinessLine) -> int:
    """Tasks of the line that wait for anybody, give or take the last ten seconds."""
    return cache.get_or_set(f"waiting-{line.pk}", lambda: _waiting(line), WAITING_SECONDS) or 0


def _waiting(line: BusinessLine) -> int:
    """A gold clip leaves the task waiting in whose place it came. For a day it counts as if it had been that task:
    else the one who watches the number would know which clip was gold.
    """
    waiting = ReviewTask.objects.filter(state=ReviewTask.State.WAITING, assignee=None)
    count = waiting.filter(business_line=line, slot__lte=line.overlap).count()
    handed_out = Q(task__state=ReviewTask.State.CLAIMED, task__lease_until__gt=Now())
    handed_out |= Q(task__state__in=[ReviewTask.State.DONE, ReviewTask.State.SKIPPED])
    handed_out = handed_out & Q(task__reviewer=F("reviewer")) | Q(
        task__state=ReviewTask.State.WAITING
    )  # for a colleague
    gold = Probe.objects.filter(gold__business_line=line, gold__retired_at=None, created_at__gt=Now() - UNDO_WITHIN)
    return max(0, count - gold.filter(handed_out).values("task").distinct().count())
