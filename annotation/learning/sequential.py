"""Whether a canary does worse than the active version: a decision that may be asked for after every review.

The difference of the two acceptance rates has an interval that holds at all times together, however often somebody
looks: the always valid one of the mixture sequential probability ratio test (Johari, Koomen, Pekelis and Walsh, Always
Valid Inference, Operations Research 70(3), 2022; Robbins 1970). With the difference D, its variance V and the scale t
of the differences one expects, the error rate a and v = V + t^2:

    D +- sqrt(V * v / t^2 * (2 ln(1 / a) + ln(v / V)))

Error rates, over a whole trial and in the limit of many clips (which is why nothing is decided before `fewest` of each
version were reviewed):
- a canary that is no worse is rolled back in at most ERROR of all trials;
- a canary that is worse by more than the margin is called "no worse" in at most ERROR of all trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite, log, sqrt

from annotation.learning.ratios import Sums, share_variance

ERROR = 0.05
SCALE = 0.05  # versions differ by about five points; the interval is valid for any, and shortest near this one
FURTHEST = 1000  # times the clips so far: a forecast beyond tells nobody anything


class Verdict(StrEnum):
    FEW = "few"  # too few clips to decide anything
    OPEN = "open"
    WORSE = "worse"
    NO_WORSE = "no_worse"


@dataclass(frozen=True)
class Interval:
    """Of a rate of the canary less that of the active version; it holds at all times together."""

    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Decision:
    """About the canary's acceptance rate."""

    verdict: Verdict
    apart: Interval


def decide(canary: Sums, rival: Sums, margin: float, fewest: int) -> Decision:
    """`margin` (0..1) is how much worse counts as no worse; `fewest` clips of each are needed to decide anything."""
    variance = share_variance(canary) + share_variance(rival)
    apart = _apart(canary.rate - rival.rate, variance)
    if isfinite(apart.high):  # of two shares: no more lies between them than all
        apart = Interval(apart.difference, max(apart.low, -1.0), min(apart.high, 1.0))
    if min(canary.clips, rival.clips) < fewest:
        return Decision(Verdict.FEW, apart)
    return Decision(_verdict(apart, margin), apart)


def compare(canary: Sums, rival: Sums) -> Interval:
    """Of any other rate: the canary's less the active version's."""
    return _apart(canary.rate - rival.rate, canary.variance + rival.variance)


def half_width(variance: float, error: float = ERROR, scale: float = SCALE) -> float:
    """Of the always valid interval about a difference with this variance."""
    if variance == inf:
        return inf
    if not variance:
        return 0.0
    mixed = variance + scale**2
    return sqrt(variance * mixed / scale**2 * (2 * log(1 / error) + log(mixed / variance)))


def times_more(canary: Sums, rival: Sums, margin: float, fewest: int) -> float | None:
    """How many times the clips reviewed so far a decision needs if the two are equally good; None: too far off."""
    if not min(canary.clips, rival.clips):
        return None
    variance = share_variance(canary) + share_variance(rival)
    low = max(fewest / min(canary.clips, rival.clips), 1.0)
    high = float(FURTHEST)
    if low > high or half_width(variance / high) > margin:
        return None
    for _ in range(40):  # halved: the width only falls
        middle = (low + high) / 2
        low, high = (low, middle) if half_width(variance / middle) <= margin else (middle, high)
    return high


def _apart(difference: float, variance: float) -> Interval:
    reach = half_width(variance)
    return Interval(difference, difference - reach, difference + reach)


def _verdict(apart: Interval, margin: float) -> Verdict:
    if apart.high < 0:
        return Verdict.WORSE
    return Verdict.NO_WORSE if apart.low > -margin else Verdict.OPEN
