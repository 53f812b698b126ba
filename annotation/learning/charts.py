"""Plots of a trial and of audited windows as SVG coordinates, drawn by the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite, sqrt

from annotation.learning.ratios import Sums, share_variance
from annotation.learning.sequential import Interval

WIDTH, HEIGHT = 600, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 26  # room for the labels of the axes
WIDEST = 0.3  # thirty points either way: before the first hundred clips the interval is wider than anybody needs to see
CONFIDENT = 1.96  # standard errors of the whiskers


@dataclass(frozen=True)
class Level:
    """A height with its label."""

    y: float
    label: str


@dataclass(frozen=True)
class Moment:
    """One look at a trial, as the table under the plot tells it."""

    at: datetime
    clips: int  # of the canary
    rival_clips: int
    apart: Interval


@dataclass(frozen=True)
class TrialPlot:
    """The difference of acceptance in points, over the canary's reviewed clips, in its interval."""

    line: str  # points of a polyline
    band: str  # of a polygon
    zero: float
    margin: float
    levels: Sequence[Level]
    clips: int
    moments: Sequence[Moment]


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    low: float
    high: float
    alarm: bool
    title: str


@dataclass(frozen=True)
class WindowPlot:
    """One rate in each window, with what its clips leave open."""

    line: str
    dots: Sequence[Dot]
    levels: Sequence[Level]


def trial(moments: Sequence[Moment], margin: float) -> TrialPlot | None:
    """None before the first look that shows an interval. `margin` is 0..1."""
    shown = [moment for moment in moments if isfinite(moment.apart.high)]
    if not shown:
        return None
    widest = max(margin, *(max(abs(m.apart.low), abs(m.apart.high)) for m in shown))
    reach = max(min(WIDEST, widest), *(abs(m.apart.difference) for m in shown), margin)
    most = shown[-1].clips or 1

    def x(moment: Moment) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * moment.clips / most, 1)

    def y(value: float) -> float:
        return _height(value, -reach, reach)

    above = [f"{x(m)},{y(m.apart.high)}" for m in shown]
    below = [f"{x(m)},{y(m.apart.low)}" for m in reversed(shown)]
    return TrialPlot(
        line=" ".join(f"{x(m)},{y(m.apart.difference)}" for m in shown),
        band=" ".join(above + below),
        zero=y(0),
        margin=y(-margin),
        levels=[Level(y(value), f"{100 * value:+.0f}") for value in (reach, -reach)],
        clips=most,
        moments=moments,
    )


def windows(rates: Sequence[Sums], alarms: Sequence[bool], share: bool) -> WindowPlot | None:
    """One dot a window; `share` is told of counts, as acceptance is. None without a window."""
    if not rates:
        return None
    errors = [CONFIDENT * sqrt(share_variance(sums) if share else sums.variance) for sums in rates]
    lowest = max(0.0, min(sums.rate - error for sums, error in zip(rates, errors, strict=True)))
    highest = min(1.0, max(sums.rate + error for sums, error in zip(rates, errors, strict=True)))
    step = (WIDTH - LEFT - RIGHT) / max(len(rates) - 1, 1)
    dots = [
        Dot(
            round(LEFT + step * n, 1),
            _height(sums.rate, lowest, highest),
            _height(sums.rate - error, lowest, highest),
            _height(sums.rate + error, lowest, highest),
            alarm,
            _told(sums.rate, share),
        )
        for n, (sums, error, alarm) in enumerate(zip(rates, errors, alarms, strict=True))
    ]
    levels = [Level(_height(value, lowest, highest), _told(value, share)) for value in (highest, lowest)]
    return WindowPlot(" ".join(f"{dot.x},{dot.y}" for dot in dots), dots, levels)


def _height(value: float, lowest: float, highest: float) -> float:
    """Where a value is drawn; what is beyond the plot, at its edge."""
    inside = min(max(value, lowest), highest)
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (highest - inside) / ((highest - lowest) or 1), 1)


def _told(rate: float, share: bool) -> str:
    return f"{100 * rate:.1f}%" if share else f"{rate:.3f}"
