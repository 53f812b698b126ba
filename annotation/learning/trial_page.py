"""What the page of a trial shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, sqrt

from annotation.learning import acceptance, charts, watching
from annotation.learning.acceptance import Side
from annotation.learning.charts import Moment, TrialPlot
from annotation.learning.models import CanaryLook
from annotation.learning.ratios import share_variance
from annotation.learning.sequential import Interval
from annotation.learning.watching import Standing
from ml.registry.models import Canary, ModelVersion

MOST_MOMENTS = 40  # in the plot and its table, evenly spread


@dataclass(frozen=True)
class Row:
    """One version's figures, rates in per cent."""

    version: ModelVersion
    clips: int
    proposed: int
    accepted: float
    give_or_take: float
    added: float  # tags a clip


@dataclass(frozen=True)
class Forecast:
    """When a decision may be expected if both versions are equally good."""

    clips: int  # of the canary, in all
    at: datetime | None  # at the pace so far; None beyond a year


@dataclass(frozen=True)
class TrialPage:
    canary: Canary
    standing: Standing
    rows: tuple[Row, Row]
    apart: Interval  # in points
    plot: TrialPlot | None
    seen_at: datetime | None
    forecast: Forecast | None


def load(canary: Canary) -> TrialPage:
    """From the looks that were kept: one query, whatever the number of reviews."""
    looks = list(CanaryLook.objects.filter(canary=canary))
    sides = acceptance.sides(looks[-1].sides) if looks else acceptance.Sides()
    standing = watching.standing(canary, sides)
    apart = standing.decision.apart
    return TrialPage(
        canary,
        standing,
        (_row(canary.version, sides.canary), _row(canary.rival, sides.rival)),
        Interval(100 * apart.difference, 100 * apart.low, 100 * apart.high),
        charts.trial([_moment(canary, look) for look in _spread(looks)], canary.margin / 100),
        looks[-1].at if looks else None,
        _forecast(canary, standing, looks[-1].at) if looks and canary.runs else None,
    )


def _row(version: ModelVersion, side: Side) -> Row:
    rate = side.accepted
    wide = 100 * charts.CONFIDENT * sqrt(share_variance(rate)) if rate.clips > 1 else 0.0
    return Row(version, rate.clips, int(rate.m), 100 * rate.rate, wide, side.added.rate)


def _moment(canary: Canary, look: CanaryLook) -> Moment:
    sides = acceptance.sides(look.sides)
    now = watching.standing(canary, sides)
    return Moment(look.at, sides.canary.accepted.clips, sides.rival.accepted.clips, now.decision.apart)


def _spread(looks: list[CanaryLook]) -> list[CanaryLook]:
    step = ceil(len(looks) / MOST_MOMENTS) or 1
    return looks[::-1][::step][::-1]  # the last one is always there


def _forecast(canary: Canary, standing: Standing, seen_at: datetime) -> Forecast | None:
    if standing.more is None or standing.more <= 1:
        return None
    took = (seen_at - canary.started_at) * standing.more
    clips = ceil(standing.sides.canary.accepted.clips * standing.more)
    return Forecast(clips, canary.started_at + took if took < timedelta(days=365) else None)
