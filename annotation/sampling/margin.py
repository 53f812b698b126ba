"""The clips whose two best tags are closest (Scheffer et al. 2001)."""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """1 - (the highest confidence - the second highest); a tag that is missing counts as 0."""
    ranked = np.lexsort((-pool.confidence, pool.clip))
    second = ranked[np.flatnonzero(np.arange(len(ranked)) == pool.start[pool.clip[ranked]] + 1)]
    runner_up = np.zeros(len(pool))
    runner_up[pool.clip[second]] = pool.confidence[second]
    return 1 - (pool.highest(pool.confidence) - runner_up)
