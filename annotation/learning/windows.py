"""Windows of audited reviews since the active version's promotion: each closed and tested once, when it is full.

Each business line has its own: what one accepts another may refuse, so a line that reviews more for a while would look
like a change of the model, and a change in one would drown in the others.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from annotation.learning import acceptance, drift
from annotation.learning.drift import Drift, Window
from annotation.learning.models import DriftWindow, LearningSettings
from annotation.learning.ratios import Sums
from ml.registry.models import ModelVersion, Promotion
from taxonomy.models import BusinessLine


def promotion() -> Promotion | None:
    """The one by which the active version became it."""
    active = ModelVersion.objects.active()
    return Promotion.objects.filter(version=active).select_related("version").first() if active else None


def close_full(settings: LearningSettings) -> None:
    """Close what windows are full by now. Two that do it at once close each window once."""
    if (since := promotion()) is None:
        return
    closed: dict[int, list[DriftWindow]] = defaultdict(list)
    for row in DriftWindow.objects.filter(promotion=since, business_line__isnull=False):
        closed[row.business_line_id or 0].append(row)
    for line in BusinessLine.objects.values_list("pk", flat=True).order_by("pk"):  # a handful
        _close_full(since, line, closed[line], settings)


def _close_full(since: Promotion, line: int, closed: list[DriftWindow], settings: LearningSettings) -> None:
    """Of one line; `closed` are those before."""
    while True:
        after = closed[-1].last_review if closed else 0
        found = acceptance.window(since.version_id, line, since.at, after, settings.drift_reviews)
        if found is None:
            return
        told = _told(*found, first=closed[0] if closed else None, settings=settings)
        place = {"promotion": since, "business_line_id": line, "number": len(closed)}
        row, _new = DriftWindow.objects.get_or_create(**place, defaults=told)
        closed.append(row)


def measured(row: DriftWindow) -> Window:
    return Window(Sums(**row.accepted), Sums(**row.brier))


def found(row: DriftWindow) -> Drift | None:
    """What the test of the window said; None of the first one."""
    if row.acceptance_p is None or row.brier_p is None or row.alarm_rate is None:
        return None
    return Drift(row.acceptance_p, row.brier_p, row.alarm_rate)


def _told(now: Window, last: int, first: DriftWindow | None, settings: LearningSettings) -> dict[str, Any]:
    told: dict[str, Any] = {
        "reviews": settings.drift_reviews,
        "last_review": last,
        "accepted": asdict(now.accepted),
        "brier": asdict(now.brier),
    }
    if first is None:
        return told
    tested = drift.compare(measured(first), now, settings.alarm_rate)
    return told | {
        "acceptance_p": tested.acceptance,
        "brier_p": tested.brier,
        "alarm_rate": tested.alarm_rate,
    }
