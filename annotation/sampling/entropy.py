"""The clips with most doubt over all their tags: the entropy of each tag taken by itself, summed.

Settles, Active Learning Literature Survey (2009), section 3.1; tags are not exclusive, so each is a coin of its own.
"""

from __future__ import annotations

import numpy as np

from annotation.sampling.pool import Gains, Pool


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    """h / (1 + h), h the sum of entropies in bits: it stays below 1 and keeps the order."""
    doubt = pool.total(bits(pool.confidence))
    return doubt / (1 + doubt)


def bits(confidence: Gains) -> Gains:
    """(candidates,) the entropy of a coin that falls so with this chance."""
    yes = np.clip(confidence, 1e-9, 1 - 1e-9)
    doubt: Gains = -yes * np.log2(yes) - (1 - yes) * np.log2(1 - yes)
    return doubt
