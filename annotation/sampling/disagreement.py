"""The clips over whose likely tags the recallers quarrel: query by committee (Seung et al. 1992)."""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """The mean split of votes over a clip's tags, weighted by confidence: 1 when half the recallers propose each."""
    split = 4 * pool.votes * (1 - pool.votes)
    weight = pool.total(pool.confidence)
    return np.divide(pool.total(split * pool.confidence), weight, out=np.zeros(len(pool)), where=weight > 0)
