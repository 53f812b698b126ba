"""What strategies choose from: clips with their candidate tags, as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Gains = NDArray[np.float64]


def _nothing() -> NDArray[np.float32]:
    return np.zeros((0, 0), np.float32)


@dataclass(frozen=True)
class Pool:
    """`clips` clips; clip i has the candidates `start[i]` to `start[i + 1]`, in any order, maybe none.

    Tags are columns 0..tags-1 of `need` and `value`.
    """

    start: NDArray[np.int64]  # (clips + 1,), ascending, from 0 to the number of candidates
    tag: NDArray[np.int64]  # (candidates,)
    confidence: NDArray[np.float64]  # (candidates,), calibrated, in [0, 1]
    votes: NDArray[np.float64]  # (candidates,), share of the recallers asked that proposed it, in [0, 1]
    novelty: NDArray[np.float64]  # (clips,), 1 - likeness to the most alike reviewed clip, in [0, 1]
    conflicts: NDArray[np.int64]  # (clips,), likely tags that rules keep out
    need: NDArray[np.float64]  # (tags,), in [0, 1]: 1 without an example, towards 0 with many
    value: NDArray[np.float64]  # (tags,), what the tag is worth to the business, at least 0; 1 is usual
    threshold: float = 0.3  # from which the policy shows a tag
    wanted: int = 1  # clips that will be taken; a strategy that picks sets looks no further
    vectors: NDArray[np.float32] = field(default_factory=_nothing)  # (clips, width) of length 1; none: (0, 0)
    reviewed: NDArray[np.float32] = field(default_factory=_nothing)  # (reviewed, width) of length 1, or a root of R'R
    targets: NDArray[np.float32] = field(default_factory=_nothing)  # (targets, width): to be tagged; none: the pool
    prior: float = 1.0  # in clips: so many reviews in one direction halve the doubt there

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def clip(self) -> NDArray[np.int64]:
        """(candidates,) whose each candidate is."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def highest(self, values: Gains) -> Gains:
        """(clips,) the highest value of each clip's candidates; 0 where it has none."""
        found = np.zeros(len(self))
        full = np.flatnonzero(np.diff(self.start))
        if len(full):
            found[full] = np.maximum.reduceat(values, self.start[full])
        return found

    def total(self, values: Gains) -> Gains:
        """(clips,) the sum over each clip's candidates."""
        return np.bincount(self.clip, values, minlength=len(self)).astype(np.float64)


class Strategy(Protocol):
    """A rule for choosing."""

    def __call__(self, pool: Pool, random: np.random.Generator) -> Gains:
        """(clips,) in [0, 1]: how much a review of each clip is expected to teach."""
        ...
