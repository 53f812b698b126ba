"""Clips that tell most of the others, the likely best first: transductive experimental design (Yu, Bi & Tresp 2006).

A linear model with a Gaussian prior learns from vectors. What it does not know of a clip x is the variance x'Ax with
A = (R'R + prior I)^-1, R the clips reviewed or picked; a pick v takes (x'Av)^2 / (1 + v'Av) of it away. So a clip is
worth more the more others are like it, and the less they are like what is known: density and distance in one number.
The others are the clips that models are to tag (`Pool.targets`), or those to choose from where nobody knows more.
"""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def spread(gains: Gains, pool: Pool) -> Gains:
    """The `wanted` best, one after the other, of gain times the variance that the clip takes away from the targets.

    Picks have gains in (0.5, 1], the first one the greatest; the others keep theirs, halved. Without vectors gains are
    returned as they are.
    """
    if not pool.vectors.size:
        return gains
    doubt, picked = Doubt(pool), np.zeros(len(pool))
    wanted = min(pool.wanted, len(pool))
    for place in range(wanted):
        best = int(np.argmax(np.where(picked > 0, -1.0, (gains + 1e-6) * doubt.taken())))
        picked[best] = 1 - place / (2 * wanted)
        doubt.learn(best)
    return np.where(picked > 0, picked, gains / 2)


class Doubt:
    """What is not known of the clips of a pool; it sinks with each one that is learned."""

    def __init__(self, pool: Pool) -> None:
        self.vectors, width = pool.vectors, pool.vectors.shape[1]
        known = pool.reviewed.T @ pool.reviewed if len(pool.reviewed) else np.zeros((width, width), np.float32)
        asked = pool.targets if pool.targets.size else pool.vectors
        self.spread = asked.T @ asked / max(len(asked), 1)  # what there is to be known
        self.left = np.linalg.inv(known + pool.prior * np.eye(width)).astype(np.float32)
        seen = self.vectors @ self.left
        self.own = (seen * self.vectors).sum(axis=1).astype(np.float64)  # (clips,) variance of each
        self.all = ((seen @ self.spread) * seen).sum(axis=1).astype(np.float64)  # (clips,) its covariances, squared

    def taken(self) -> Gains:
        """(clips,) mean variance that the targets would lose by each clip."""
        return np.maximum(self.all, 0) / (1 + self.own)

    def learn(self, clip: int) -> None:
        """Two products of the pool with a vector, so that a pick costs what reading the pool twice costs."""
        toward = self.left @ self.vectors[clip]
        weight = 1 + float(self.own[clip])
        shared, reach = (self.vectors @ np.stack([toward, self.left @ (self.spread @ toward)], axis=1)).T.astype(float)
        self.all += shared**2 * float(toward @ self.spread @ toward) / weight**2 - 2 * shared * reach / weight
        self.own -= shared**2 / weight
        self.left -= np.outer(toward, toward) / np.float32(weight)
