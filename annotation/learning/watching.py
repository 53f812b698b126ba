"""Looking at a running trial: what reviewers said so far is kept, and acted upon when it is enough."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from annotation.learning import acceptance, sequential
from annotation.learning.acceptance import Sides
from annotation.learning.models import CanaryLook
from annotation.learning.sequential import Decision, Interval, Verdict
from ml.registry import canaries, nudges, promotion
from ml.registry.models import Canary

log = logging.getLogger(__name__)

GROWTH = 1.02  # a look is kept when so many more clips were reviewed: a long trial has some hundred


@dataclass(frozen=True)
class Standing:
    """How a trial stands."""

    sides: Sides
    decision: Decision  # about acceptance
    missed: Interval  # about tags that reviewers added, a clip; more is worse
    more: float | None  # times the clips so far that a decision will need if both are equally good

    @property
    def misses_more(self) -> bool:
        """Reviewers surely have to add more tags to the canary's clips."""
        return self.missed.low > 0


def standing(canary: Canary, sides: Sides) -> Standing:
    margin = canary.margin / 100
    mine, theirs = sides.canary, sides.rival
    return Standing(
        sides,
        sequential.decide(mine.accepted, theirs.accepted, margin, canary.fewest),
        sequential.compare(mine.added, theirs.added),
        sequential.times_more(mine.accepted, theirs.accepted, margin, canary.fewest),
    )


def watch() -> None:
    """Look at the running trial: roll the canary back when it does worse, promote it when it may be."""
    if (canary := canaries.running()) is None:
        return
    sides = acceptance.of_trial(canary)
    now = standing(canary, sides)
    decided = now.decision.verdict
    _keep(canary, now)
    if decided == Verdict.WORSE:
        if canaries.end(canary, Canary.Outcome.ROLLED_BACK, figures=figures(now)):
            nudges.suggest_waiting()
    elif decided == Verdict.NO_WORSE and canary.promotes and not now.misses_more:
        _promote(canary, now)


def latest(canary: Canary) -> Sides:
    """What was seen last; nothing before the first look."""
    look = CanaryLook.objects.filter(canary=canary).last()
    return acceptance.sides(look.sides) if look else Sides()


def figures(now: Standing, note: str = "") -> dict[str, Any]:
    """What the trial's end tells of its state then."""
    told = {"sides": now.sides.told(), "verdict": now.decision.verdict}
    return told | ({"note": note} if note else {})


def _promote(canary: Canary, now: Standing) -> None:
    try:
        promotion.promote_canary(canary, figures=figures(now))
    except promotion.PromotionRefused as refused:  # the gate is for a person to open
        log.info("%s is not promoted by itself: %s", canary.version, refused)
    else:
        nudges.suggest_waiting()


def _keep(canary: Canary, now: Standing) -> None:
    """Keep the look when enough is new in it, or when it says another thing than the last one."""
    last = CanaryLook.objects.filter(canary=canary).last()
    before = acceptance.sides(last.sides) if last else Sides()
    if now.sides == before:
        return
    news = _clips(now.sides) >= GROWTH * _clips(before)
    if news or now.decision.verdict != standing(canary, before).decision.verdict:
        look = CanaryLook(canary=canary, number=last.number + 1 if last else 1, sides=now.sides.told())
        CanaryLook.objects.bulk_create([look], ignore_conflicts=True)  # of two watchers at once, one keeps it


def _clips(sides: Sides) -> int:
    return sides.canary.accepted.clips + sides.rival.accepted.clips
