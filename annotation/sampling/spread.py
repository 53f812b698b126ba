"""Clips that teach much, are like many others, and are unlike each other: one after the other, by vectors."""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool

ALIKE = 20  # of the clips compared with, those that say how typical a clip is
COMPARED = 800  # clips of the pool that each one is compared with


def spread(gains: Gains, pool: Pool, random: np.random.Generator) -> Gains:
    """The `wanted` best of gain * sqrt(density) * distance, the distance to what is reviewed or was picked before.

    Density keeps strange clips from being picked for their strangeness (Settles & Craven 2008, section 3.2); distance
    keeps one batch from being one clip many times. Picks have gains in (0.5, 1], the first one the greatest; the others
    keep theirs, halved. Without vectors gains are returned as they are.
    """
    if not pool.vectors.size:
        return gains
    worth, far, picked = gains * np.sqrt(density(pool, random)), np.clip(pool.novelty, 1e-6, 1), np.zeros(len(pool))
    wanted = min(pool.wanted, len(pool))
    for place in range(wanted):
        best = int(np.argmax(np.where(picked > 0, -1.0, worth * far)))
        picked[best] = 1 - place / (2 * wanted)
        far = np.minimum(far, np.clip(1 - pool.vectors @ pool.vectors[best], 1e-6, 1))
    return np.where(picked > 0, picked, gains / 2)


def density(pool: Pool, random: np.random.Generator) -> Gains:
    """(clips,) mean squared cosine to the ALIKE most alike of a sample of the pool."""
    sample = pool.vectors[random.permutation(len(pool))[:COMPARED]]
    blocks = np.array_split(pool.vectors, len(pool) // 2048 + 1)
    alike = [-np.sort(-(np.clip(block @ sample.T, 0, 1) ** 2), axis=1)[:, :ALIKE].mean(axis=1) for block in blocks]
    return np.concatenate(alike).astype(np.float64) + 1e-6
