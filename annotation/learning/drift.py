"""Whether the active version does worse than when it was promoted: windows of audited clips, each looked at once.

The first window after the promotion is what all later ones are held against. A window has a fixed number of clips and
is tested once, when it is full, so that looking often does not make false alarms likelier. Two one-sided tests of the
difference of two rates share the false alarm rate evenly (Bonferroni): the acceptance rate fell; the Brier score (the
mean square of confidence less 1 or 0, Brier 1950) rose, which says that confidences are less true than they were.

A window in which nothing has changed raises an alarm with a probability of at most `alarm_rate`, in the limit of large
windows: at 0.01, one in a hundred windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

from annotation.learning.ratios import Sums, share_variance


@dataclass(frozen=True)
class Window:
    """Verdicts on the proposed tags of some audited clips."""

    accepted: Sums  # of the proposed tags
    brier: Sums  # squares of confidence less verdict


@dataclass(frozen=True)
class Drift:
    """Probabilities of such a change, or a larger one, where nothing has changed."""

    acceptance: float
    brier: float
    alarm_rate: float

    @property
    def fell(self) -> bool:
        """The acceptance rate."""
        return self.acceptance < self.alarm_rate / 2

    @property
    def misjudges(self) -> bool:
        """The confidences are less true."""
        return self.brier < self.alarm_rate / 2

    @property
    def alarm(self) -> bool:
        return self.fell or self.misjudges


def compare(first: Window, now: Window, alarm_rate: float) -> Drift:
    return Drift(
        _tail(
            first.accepted.rate - now.accepted.rate,
            share_variance(first.accepted) + share_variance(now.accepted),
        ),
        _tail(now.brier.rate - first.brier.rate, first.brier.variance + now.brier.variance),
        alarm_rate,
    )


def _tail(rise: float, variance: float) -> float:
    """The upper tail of the normal distribution."""
    if not variance:
        return 0.0 if rise > 0 else 1.0
    return erfc(rise / sqrt(2 * variance)) / 2
