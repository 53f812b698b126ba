"""How sure a figure is: what it would be had other clips been drawn (percentile bootstrap, B. Efron 1979).

Clips are drawn, not answers: answers to one clip depend on each other. Pure, and the seed is fixed: the same answers
give the same interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS, LEVEL, SEED = 200, 0.95, 20_260_101
LEAST = 2  # clips below which there is nothing to draw from

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


def interval(
    figure: Callable[[Floats], float], clips: int, *, rounds: int = ROUNDS, level: float = LEVEL, seed: int = SEED
) -> Interval | None:
    """The central `level` of `figure` over resampled clips; it is given how often each of the `clips` was drawn.

    Draws in which the figure is not defined are left out. None when that were more than half of them, or there are
    too few clips.
    """
    if clips < LEAST:
        return None
    random = np.random.default_rng(seed)
    shares = np.full(clips, 1 / clips)
    found = [figure(random.multinomial(clips, shares).astype(float)) for _ in range(rounds)]
    told = [value for value in found if np.isfinite(value)]
    if 2 * len(told) < rounds:
        return None
    low, high = np.quantile(told, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
