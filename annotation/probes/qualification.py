"""Who may work for a line that asks people to qualify first, on gold clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from annotation.models import ReviewTask
from annotation.probes.marks import MARKS
from annotation.probes.models import Exam, GoldClip, Qualification, TrustPolicy
from annotation.probes.serving import QUALIFY_CLIPS
from taxonomy.models import BusinessLine

State = Qualification.State
PASS_MARK = 80  # per cent, where the line has no policy

# Who has reviewed for the line before it asked has shown what they can.
EXPERIENCED = """
INSERT INTO annotation_qualification (person_id, business_line_id, state)
SELECT DISTINCT review.reviewer_id, %(line)s, 'waived' FROM annotation_review review
JOIN annotation_reviewtask task ON task.id = review.task_id
WHERE task.business_line_id = %(line)s AND review.kind = 'review'
ON CONFLICT (person_id, business_line_id) DO NOTHING
"""
DONE = f"""
SELECT count(DISTINCT probe), count(*), count(*) FILTER (WHERE wanted = given)
FROM ({MARKS}) marks WHERE exam = %(exam)s
"""  # noqa: S608  # constants

TOLD = f"""
SELECT gold, tag, wanted, given FROM ({MARKS}) marks WHERE exam = %s ORDER BY probe, wanted DESC, tag
"""  # noqa: S608  # constants


@dataclass(frozen=True)
class Standing:
    """Where a person stands with a line."""

    asks: bool  # the line asks for a qualification: there are gold clips enough
    gold: int  # clips the line has
    needed: int
    pass_mark: int
    state: str  # of the person; empty: nothing yet
    exam: Exam | None  # the open one, else the last
    answered: int  # clips of the open one
    left: int  # gold clips this person has not had
    decided: bool = False  # the exam was decided by this very question: nobody has told the person yet

    @property
    def shut(self) -> bool:
        """The queue of the line is closed to this person."""
        return self.asks and self.state not in {State.PASSED, State.WAIVED}

    @property
    def can_start(self) -> bool:
        return self.shut and not self.running and self.left >= self.needed

    @property
    def running(self) -> bool:
        return self.exam is not None and self.exam.finished_at is None


def standing(person: User, line: BusinessLine) -> Standing:
    """Where the person stands; an exam that is complete is decided now."""
    policy = TrustPolicy.objects.filter(business_line=line).first()
    needed = policy.qualify_clips if policy else QUALIFY_CLIPS
    active = GoldClip.objects.filter(business_line=line, retired_at=None)
    had = ReviewTask.objects.filter(business_line=line, reviewer=person).values("video")
    gold = active.count()
    exam = Exam.objects.filter(person=person, business_line=line).order_by("-pk").first()
    running = exam is not None and exam.finished_at is None
    answered = _settle(exam) if exam and running else 0
    found = Qualification.objects.filter(person=person, business_line=line).first()
    return Standing(
        asks=0 < needed <= gold,
        gold=gold,
        needed=needed,
        pass_mark=policy.pass_mark if policy else PASS_MARK,
        state=found.state if found else "",
        exam=exam,
        answered=answered,
        left=active.exclude(video__in=had).count(),
        decided=running and exam is not None and exam.finished_at is not None,
    )


def start(person: User, line: BusinessLine) -> bool:
    """Begin an exam, where the person needs one and gold clips enough are left for them. False when not."""
    where = standing(person, line)
    if not where.can_start:
        return where.running
    values = {"clips": where.needed, "pass_mark": where.pass_mark}
    Exam.objects.bulk_create([Exam(person=person, business_line=line, **values)], ignore_conflicts=True)
    return True


def _settle(exam: Exam) -> int:
    """Decide an exam whose clips are all answered. Returns how many are."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, {"exam": exam.pk})
        answered, asked, right = cursor.fetchone()
    if answered < exam.clips:
        return int(answered)
    exam.asked, exam.right, exam.finished_at = asked, right, timezone.now()
    exam.passed = 100 * right >= exam.pass_mark * asked
    with transaction.atomic():
        decided = {name: getattr(exam, name) for name in ("asked", "right", "finished_at", "passed")}
        first = Exam.objects.filter(pk=exam.pk, finished_at=None).update(**decided)
        if first and exam.passed:
            decide(exam.person_id, exam.business_line_id, State.PASSED)
    return int(answered)


def decide(person: int, line: int, state: str, by: User | None = None) -> None:
    """Say that a person has passed, need not pass, or has to pass again."""
    Qualification.objects.update_or_create(
        person_id=person, business_line_id=line, defaults={"state": state, "by": by, "changed_at": timezone.now()}
    )


def begin(line: BusinessLine) -> int:
    """When the line has just got the last gold clip it needed to ask for a qualification, let those in who have worked
    for it before. Returns how many."""
    policy = TrustPolicy.objects.filter(business_line=line).first()
    needed = policy.qualify_clips if policy else QUALIFY_CLIPS
    if GoldClip.objects.filter(business_line=line, retired_at=None).count() != needed:
        return 0
    return let_in_who_has_worked(line)


def let_in_who_has_worked(line: BusinessLine) -> int:
    with connection.cursor() as cursor:
        cursor.execute(EXPERIENCED, {"line": line.pk})
        return cursor.rowcount


@dataclass(frozen=True)
class Mark:
    """What was said of one tag that is known of a gold clip."""

    tag: int
    wanted: bool
    given: bool

    @property
    def right(self) -> bool:
        return self.wanted == self.given


def marks(exam: Exam) -> list[tuple[GoldClip, list[Mark]]]:
    """The clips of an exam with what was right and what was not. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [exam.pk])
        rows: Sequence[tuple[int, int, bool, bool]] = cursor.fetchall()
    clips = GoldClip.objects.select_related("video").in_bulk({gold for gold, *_mark in rows})
    told: dict[int, list[Mark]] = {}
    for gold, tag, wanted, given in rows:
        told.setdefault(gold, []).append(Mark(tag, wanted, given))
    return [(clips[gold], found) for gold, found in told.items()]
