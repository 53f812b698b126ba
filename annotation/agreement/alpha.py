"""Krippendorff's alpha: how far reviewers agree beyond chance, for any distance between answers and missing answers.

Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011, section D; the disagreement is averaged
over the pairs of answers within a clip, the expected one over all pairs of pairable answers. Pure: arrays in, a number
out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """Answers to clips, ready to be asked for alpha under any weights of the clips.

    `observed` (clips,) is the disagreement within each clip, summed over its answers; `uses` (clips, answers) says how
    often each distinct answer was given to a clip; `distance` (answers, answers) is symmetric with a zero diagonal.
    """

    observed: Floats
    uses: Floats
    distance: Floats

    @classmethod
    def of(cls, clips: Numbers, answers: Numbers, distance: Floats) -> Reliability:
        """From rows: answer `answers[i]` (an index into `distance`) was given to clip `clips[i]`.

        Clips with one answer tell nothing of agreement and are left out. Raises ValueError for lengths that differ.
        """
        if len(clips) != len(answers):
            raise ValueError(f"{len(clips)} clips, {len(answers)} answers: one of each a row")
        _names, places = np.unique(clips, return_inverse=True)
        uses = np.zeros((places.max(initial=-1) + 1, len(distance)))
        np.add.at(uses, (places, answers), 1)
        uses = uses[uses.sum(axis=1) > 1]
        given = uses.sum(axis=1)
        # A clip's sum over ordered pairs; pairs of equal answers add nothing.
        observed = np.einsum("ij,ij->i", uses @ distance, uses) / np.maximum(given - 1, 1)
        return cls(observed, uses, distance)

    @property
    def clips(self) -> int:
        return len(self.observed)

    def alpha(self, weights: Floats | None = None) -> float:
        """1 is perfect agreement, 0 is chance, below 0 is worse than chance; nan where no two answers ever differ.

        `weights` (clips,) count each clip so often: what a bootstrap draws.
        """
        weights = np.ones(self.clips) if weights is None else weights
        counts = weights @ self.uses
        total = float(counts.sum())
        expected = float(counts @ self.distance @ counts)
        if total < 2 or expected == 0:
            return float("nan")
        return 1 - (total - 1) * float(weights @ self.observed) / expected


def nominal(answers: int) -> Floats:
    """The distance between names: they are the same or they are not."""
    return 1 - np.eye(answers)
