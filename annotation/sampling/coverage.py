"""The clips to which the others, or the targets, are most alike: the greedy location of facilities over vectors.

Each clip counts by its likeness to the most alike reviewed or picked one (Nemhauser et al. 1978 for the bound of the
greedy choice; Yehuda et al. 2022, ProbCover, for few labels).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotation.sampling.pool import Gains, Pool

Numbers = NDArray[np.floating]

POWER = 4  # of the cosine: only near ones are covered
COVERED = 2000  # clips that are to be covered


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """The `wanted` picks have gains in (0.5, 1], the first one the greatest; others at most 0.5, by novelty."""
    if not pool.vectors.size:
        return pool.novelty / 2
    asked = pool.targets if pool.targets.size else pool.vectors
    asking = asked[np.sort(random.permutation(len(asked))[:COVERED])]
    alike, gains = _alike(pool.vectors, asking), np.zeros(len(pool))
    had = _alike(pool.reviewed, asking).max(axis=0) if len(pool.reviewed) else np.zeros(len(asking), np.float32)
    more, wanted = np.maximum(alike - had, 0).sum(axis=1), min(pool.wanted, len(pool))
    for place in range(wanted):
        best = _best(alike, had, more)
        gains[best], more[best] = 1 - place / (2 * wanted), -1.0
        had = np.maximum(had, alike[best])
    return np.where(gains > 0, gains, np.clip(pool.novelty, 0, 1) / 2)


def _best(alike: Numbers, had: Numbers, more: Numbers) -> int:
    """What a clip adds can only have sunk since it was last counted: count the highest until it stays the highest."""
    while True:
        best = int(np.argmax(more))
        now = float(np.maximum(alike[best] - had, 0).sum())
        if now >= more[best] - 1e-6:
            return best
        more[best] = now


def _alike(rows: Numbers, others: Numbers) -> Numbers:
    found: Numbers = np.clip(rows @ others.T, 0, 1) ** POWER
    return found
