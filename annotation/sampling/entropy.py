"""The clips with most doubt over all their tags: the entropy of each tag taken by itself, summed.

Settles, Active Learning Literature Survey (2009), section 3.1; tags are not exclusive, so each is a coin of its own.
"""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """h / (1 + h), h the sum of entropies in bits: it stays below 1 and keeps the order."""
    yes = np.clip(pool.confidence, 1e-9, 1 - 1e-9)
    bits = pool.total(-yes * np.log2(yes) - (1 - yes) * np.log2(1 - yes))
    return bits / (1 + bits)
