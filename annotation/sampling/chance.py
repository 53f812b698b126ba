"""Every clip is as good as any other: what the other strategies are measured against."""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    return random.random(len(pool))
