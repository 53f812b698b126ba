"""Which clip to review next. One file a strategy, one line here; pure: numbers in, numbers out.

A strategy is a module with `gain(pool, random)`: one number in [0, 1] a clip of the pool, greater where a review is
expected to teach more. `random` breaks ties and is all that may differ between two calls.
"""

from __future__ import annotations

from annotation.sampling.pool import Gains, Pool, Strategy
from annotation.sampling.strategies import STRATEGIES, find, order

__all__ = ["STRATEGIES", "Gains", "Pool", "Strategy", "find", "order"]
