"""How sure a counted share is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the bounds between which it is with 95 %."""

    value: float
    low: float
    high: float

    @property
    def percent(self) -> float:
        return round(100 * self.value, 1)

    @property
    def left(self) -> float:
        """Of a whisker over a hundred steps, as the next one."""
        return round(100 * self.low, 1)

    @property
    def right(self) -> float:
        return round(100 * self.high, 1)

    @property
    def width(self) -> float:
        return round(100 * (self.high - self.low), 1)

    def times(self, factor: float) -> Interval:
        return Interval(self.value * factor, self.low * factor, self.high * factor)


def share(hits: int, tries: int) -> Interval | None:
    """`hits` of `tries` with Wilson's bounds; None of nothing. doi.org/10.1080/01621459.1927.10502953"""
    if tries <= 0:
        return None
    rate = hits / tries
    below = 1 + Z * Z / tries
    centre = (rate + Z * Z / (2 * tries)) / below
    spread = Z * sqrt(rate * (1 - rate) / tries + Z * Z / (4 * tries * tries)) / below
    return Interval(rate, max(0.0, centre - spread), min(1.0, centre + spread))


def excess(accepted: int, by_bin: list[tuple[int, int, int]]) -> Interval | None:
    """How many more were accepted than others would have of the same proposals (indirect standardisation).

    `by_bin` has for each bin of confidence: proposals shown to this reviewer, and of the others shown and accepted;
    `accepted` are this reviewer's of all of them. The variance is that of the counts here and of the others' rates,
    which are drawn in a little (Agresti and Coull) so that a rate of all or nothing is not taken for certain. No more
    can be accepted than was shown. None when the others saw nothing alike.
    """
    compared = [part for part in by_bin if part[1] > 0]
    if not compared:
        return None
    more = accepted - sum(shown * taken / others for shown, others, taken in compared)
    spread = Z * sqrt(sum(_variance(*part) for part in compared))
    least = more - accepted
    most = least + sum(shown for shown, _others, _taken in compared)
    return Interval(more, max(more - spread, least), min(more + spread, most))


def _variance(shown: int, others: int, taken: int) -> float:
    rate = (taken + Z * Z / 2) / (others + Z * Z)
    return shown * rate * (1 - rate) * (1 + shown / others)
