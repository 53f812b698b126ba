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
    low, high = intervals(lambda weights: np.array([figure(weights)]), clips, rounds=rounds, level=level, seed=seed)
    return Interval(float(low[0]), float(high[0])) if np.isfinite(low[0]) else None


def intervals(
    figures: Callable[[Floats], Floats], clips: int, *, rounds: int = ROUNDS, level: float = LEVEL, seed: int = SEED
) -> tuple[Floats, Floats]:
    """The same for many figures at once: their lower and upper ends, nan where nothing can be said."""
    random = np.random.default_rng(seed)
    shares = np.full(clips, 1 / clips)
    found = np.array([figures(random.multinomial(clips, shares).astype(float)) for _ in range(rounds)])
    told = np.isfinite(found)
    sure = 2 * told.sum(axis=0) >= rounds
    low, high = np.full(found.shape[1], np.nan), np.full(found.shape[1], np.nan)
    if sure.any():
        low[sure], high[sure] = np.nanquantile(found[:, sure], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
