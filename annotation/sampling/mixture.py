"""What the product uses: all signals together, in shares that were chosen by simulation (docs/benchmarks.md)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotation.sampling import signals
from annotation.sampling.pool import Gains, Pool
from annotation.sampling.spread import spread

# Signal -> its share; they add up to 1, so gains stay in [0, 1].
SHARES: dict[Callable[[Pool], Gains], float] = {
    signals.rare: 0.6,
    signals.unsure: 0.1,
    signals.new: 0.1,
    signals.quarrel: 0.05,
    signals.torn: 0.05,
    signals.worth: 0.1,
}


def gain(pool: Pool, random: np.random.Generator) -> Gains:
    gains = np.zeros(len(pool))
    for signal, share in SHARES.items():
        gains += share * signal(pool)
    return spread(gains, pool)
