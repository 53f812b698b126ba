"""The clips that tell most of all the others, whatever the models say of them: experimental design by vectors alone."""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool
from annotation.sampling.spread import spread


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """Without vectors only the distance to reviewed clips is known, and it alone decides."""
    return spread(np.ones(len(pool)), pool) if pool.vectors.size else pool.novelty / 2
