"""The clips that leave no other far from a reviewed one: greedy k-centre (Sener & Savarese 2018, algorithm 1)."""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """The `wanted` centres have gains in (0.5, 1], the first one the greatest; others at most 0.5, by distance.

    Without vectors only the distance to reviewed clips is known, and it alone decides.
    """
    if not pool.vectors.size:
        return pool.novelty / 2
    far, gains = _distance(pool), np.zeros(len(pool))
    picked = min(pool.wanted, len(pool))
    for place in range(picked):
        centre = int(np.argmax(far))
        gains[centre] = 1 - place / (2 * picked)
        far = np.minimum(far, 1 - pool.vectors @ pool.vectors[centre])
        far[centre] = -1.0
    return np.where(gains > 0, gains, np.clip(far, 0, 2) / 4)


def _distance(pool: Pool) -> Gains:
    """(clips,) 1 - cosine to the most alike reviewed clip; 2, the farthest there is, when none was reviewed."""
    if not len(pool.reviewed):
        return np.full(len(pool), 2.0)
    nearest = [(block @ pool.reviewed.T).max(axis=1) for block in np.array_split(pool.vectors, len(pool) // 1024 + 1)]
    return (1 - np.concatenate(nearest)).astype(np.float64)
