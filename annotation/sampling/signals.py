"""What speaks for a clip: six numbers in [0, 1] that the mixture weighs and the review page puts into words."""

from __future__ import annotations

import numpy as np

from annotation.sampling import disagreement
from annotation.sampling.pool import Gains, Pool

CLOSE = 1.0  # in log-odds: a tag this far from the threshold is a third as unsure as one that lies on it


def nearness(confidence: Gains, threshold: float) -> Gains:
    """(candidates,) exp(-d / CLOSE), d the distance from the threshold in log-odds: 1 on it.

    Log-odds, for a threshold of 0.05 lies between 0.02 and 0.12 and not half-way to 0.5.
    """
    distance = _log_odds(confidence) - _log_odds(np.full(1, threshold))
    near: Gains = np.exp(-np.abs(distance) / CLOSE)
    return near


def _log_odds(share: Gains) -> Gains:
    kept = np.clip(share, 1e-6, 1 - 1e-6)
    odds: Gains = np.log(kept) - np.log1p(-kept)
    return odds


def unsure(pool: Pool) -> Gains:
    """How close tags are to the line between shown and not shown, worth-weighted: what a verdict may turn over."""
    return _some(pool.total(nearness(pool.confidence, pool.threshold) * pool.value[pool.tag]), 2.0)


def quarrel(pool: Pool) -> Gains:
    """How much the recallers disagree."""
    return disagreement.gain(pool, np.random.default_rng(0))


def new(pool: Pool) -> Gains:
    """How unlike it is to all reviewed clips."""
    return np.clip(pool.novelty, 0, 1)


def rare(pool: Pool) -> Gains:
    """The same for tags that lack examples: each counts by its need."""
    near = nearness(pool.confidence, pool.threshold)
    return _some(pool.total(near * pool.need[pool.tag] * pool.value[pool.tag]), 0.5)


def torn(pool: Pool) -> Gains:
    """Likely tags that rules do not let stand together."""
    return _some(pool.conflicts.astype(np.float64), 1.0)


def worth(pool: Pool) -> Gains:
    """The value of what it probably shows, where that is more than usual."""
    return _some(pool.total(pool.confidence * np.maximum(pool.value[pool.tag] - 1, 0)), 1.0)


def _some(amount: Gains, half: float) -> Gains:
    """From [0, inf) to [0, 1): `half` becomes 0.5, and more adds ever less."""
    return amount / (amount + half)
