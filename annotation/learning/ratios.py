"""A rate over clips: accepted of all proposed tags, say. The verdicts of one clip are no independent draws, clips are.

The rate is a ratio of two sums over clips, its variance the linearised one of such ratios (Cochran, Sampling
Techniques, 3rd ed. 1977, section 6.4, without the correction for finite populations): with y of m in each of n clips,
r = sum(y) / sum(m) and var(r) = n / (n - 1) * sum((y - r m)^2) / sum(m)^2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sums:
    """All that is to be known of the clips: sums of y, m and of their products. They add up."""

    clips: int = 0
    y: float = 0.0
    m: float = 0.0
    yy: float = 0.0
    ym: float = 0.0
    mm: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.clips + other.clips,
            self.y + other.y,
            self.m + other.m,
            self.yy + other.yy,
            self.ym + other.ym,
            self.mm + other.mm,
        )

    @property
    def rate(self) -> float:
        """y of m; 0 where there is no m yet."""
        return self.y / self.m if self.m else 0.0

    @property
    def variance(self) -> float:
        """Of the rate; infinite before two clips have something to say."""
        if self.clips < 2 or not self.m:
            return float("inf")
        rate = self.rate
        left = max(self.yy - 2 * rate * self.ym + rate * rate * self.mm, 0.0)
        return self.clips / (self.clips - 1) * left / self.m**2


NONE = Sums()


def of(clips: Iterable[tuple[float, float]]) -> Sums:
    """From y and m of each clip."""
    total = NONE
    for y, m in clips:
        total += Sums(1, y, m, y * y, y * m, m * m)
    return total


def share_variance(sums: Sums) -> float:
    """The variance of a rate whose y are counts out of m, never below what as many independent draws would have.

    Where every tag was accepted the clips show no spread at all, which does not make the rate certain: one tag of
    each kind more is imagined (Laplace's rule).
    """
    imagined = (sums.y + 1) / (sums.m + 2)
    return max(sums.variance, imagined * (1 - imagined) / (sums.m + 2))
