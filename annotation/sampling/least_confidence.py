"""The clips of whose best tag the models are least sure (Lewis & Gale 1994)."""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """1 - the highest confidence; 1 for a clip without a candidate."""
    return 1 - pool.highest(pool.confidence)
