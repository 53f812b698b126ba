"""How often gold clips come up for a reviewer: rarely for who is proven, more often for who is in doubt. Pure."""

from __future__ import annotations

import math

TARGET = 0.9  # the accuracy that is asked for


def doubt(right: int, wrong: int, target: float = TARGET) -> float:
    """The probability that a reviewer's accuracy is below `target`, after so many right and wrong answers.

    The posterior under a uniform prior is Beta(1 + right, 1 + wrong) (Gelman et al., Bayesian Data Analysis, 2.1). For
    whole numbers its distribution function is a binomial tail: P(X < t) = P(Bin(right + wrong + 1, t) > right).
    """
    n = right + wrong + 1
    return min(1.0, math.fsum(_binomial(n, k, target) for k in range(right + 1, n + 1)))


def rate(right: int, wrong: int, least: float, most: float) -> float:
    """From `least` for a reviewer beyond doubt to `most`, in the unit of these."""
    return least + (most - least) * doubt(right, wrong)


def _binomial(n: int, k: int, p: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))
