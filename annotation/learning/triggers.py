"""Whether a training is due that nobody asked for. What fires while another one goes on still holds after it, and
fires then; what an earlier training has learned from, or failed at, does not fire again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings as product
from django.db import connection
from django.utils import timezone

from annotation.learning import schedule, windows
from annotation.learning.models import DriftWindow, LearningSettings
from ml.registry import nudges, runs
from ml.registry.models import TrainingRun

Trigger = TrainingRun.Trigger

# Counted no further than anybody asks for, so that ten million verdicts cost no more than the threshold.
NEW_VERDICTS = """
SELECT count(*) FROM (
    SELECT FROM annotation_review review JOIN annotation_verdict verdict ON verdict.review_id = review.id
    WHERE review.created_at > %(since)s AND review.kind IN ('review', 'import')
      AND NOT EXISTS (SELECT FROM annotation_review undo WHERE undo.undoes_id = review.id)
    LIMIT %(most)s
) new
"""
BEGINNING = datetime(1, 1, 2, tzinfo=timezone.get_fixed_timezone(0))


@dataclass(frozen=True)
class Due:
    """A reason to train now, with what is told of it."""

    trigger: TrainingRun.Trigger
    figures: dict[str, Any]


def check() -> TrainingRun | None:
    """Close full windows; begin a training if one is due and none goes on."""
    settings = LearningSettings.now()
    windows.close_full(settings)
    if TrainingRun.objects.unfinished().exists():
        return None
    if (due := next(reasons(settings, timezone.localtime()), None)) is None:
        return None
    try:
        run = runs.start(settings.stack or product.TRAINING_STACK, trigger=due.trigger, figures=due.figures)
    except runs.AlreadyTraining:  # somebody began one at this moment
        return None
    nudges.train(run.pk)
    return run


def reasons(settings: LearningSettings, now: datetime) -> Iterator[Due]:
    """What is due, the most urgent first. `now` is in the time zone that schedules are kept in."""
    last = TrainingRun.objects.first()
    if settings.drift and (alarm := standing_alarm(last)):
        yield Due(Trigger.DRIFT, _told(alarm))
    if settings.verdicts and (count := new_verdicts(last, settings.verdicts)) >= settings.verdicts:
        yield Due(Trigger.VERDICTS, {"verdicts": count})
    if settings.every_days and due_at(settings, last, now) <= now and new_verdicts(last, 1):
        yield Due(Trigger.SCHEDULE, {"days": settings.every_days, "hour": settings.hour})


def new_verdicts(last: TrainingRun | None, most: int) -> int:
    """Verdicts in force that the last training did not see; counted up to `most`."""
    since = (last.snapshot_at or last.created_at) if last else BEGINNING
    with connection.cursor() as cursor:
        cursor.execute(NEW_VERDICTS, {"since": since, "most": most})
        return int(cursor.fetchone()[0])


def due_at(settings: LearningSettings, last: TrainingRun | None, now: datetime) -> datetime:
    """When the schedule asks for the next training. The settings must name the days."""
    zone = now.tzinfo
    assert settings.every_days
    last_at = last.created_at.astimezone(zone) if last else None
    return schedule.due_at(settings.every_days, settings.hour, settings.changed_at.astimezone(zone), last_at)


def standing_alarm(last: TrainingRun | None) -> DriftWindow | None:
    """An alarm about the active version, in any line, that no training has answered."""
    closed = DriftWindow.objects.filter(promotion=windows.promotion(), business_line__isnull=False)
    closed = closed.select_related("business_line").order_by("-number", "pk")
    if last is not None:
        closed = closed.filter(closed_at__gt=last.created_at)
    return next((row for row in closed if (found := windows.found(row)) and found.alarm), None)


def _told(alarm: DriftWindow) -> dict[str, Any]:
    place = {"promotion": alarm.promotion_id, "business_line": alarm.business_line_id}
    first = windows.measured(DriftWindow.objects.get(**place, number=0))
    now, found = windows.measured(alarm), windows.found(alarm)
    assert found
    return {
        "line": str(alarm.business_line),
        "reviews": alarm.reviews,
        "fell": found.fell,
        "misjudges": found.misjudges,
        "accepted_then": first.accepted.rate,
        "accepted": now.accepted.rate,
        "brier_then": first.brier.rate,
        "brier": now.brier.rate,
    }
