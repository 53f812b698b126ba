"""Why a clip stands where it stands, as counts that the review page puts into sentences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotation.sampling import signals
from annotation.sampling.pool import Pool

NEAR = 0.5  # nearness to the threshold from which a tag counts as unsure
SPLIT = 0.5  # share of the recallers up to which they disagree on a tag
NEW = 0.5  # novelty of a clip that is unlike all others
RARE = 0.25  # need of a tag with fewer than 15 examples

# In the order in which the page tells them.
NAMES = ("nothing_found", "unsure", "split", "new", "rare", "rules", "worth")


def reasons(pool: Pool) -> dict[str, NDArray[np.int64]]:
    """(clips,) for each name: how many tags it is true of; 1 or 0 for what is true of the clip."""
    shown = pool.confidence >= pool.threshold

    def count(which: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(pool.clip[which], minlength=len(pool))

    return {
        "nothing_found": (count(shown) == 0).astype(np.int64),
        "unsure": count(signals.nearness(pool.confidence, pool.threshold) >= NEAR),
        "split": count(shown & (pool.votes <= SPLIT)),
        "new": (pool.novelty >= NEW).astype(np.int64),
        "rare": count(shown & (pool.need[pool.tag] > RARE)),
        "rules": pool.conflicts,
        "worth": count(shown & (pool.value[pool.tag] > 1)),
    }
