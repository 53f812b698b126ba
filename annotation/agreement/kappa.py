"""Cohen's kappa of two reviewers over yes or no, and one kappa for many tags or many pairs.

Sources: J. Cohen, "A Coefficient of Agreement for Nominal Scales", 1960; pooled over many tables as in H. de Vries et
al., "Using Pooled Kappa to Summarize Interrater Agreement across Many Items", Field Methods 20 (2008), formula 2, each
table weighing by its answers: averaging kappas would let tags that hardly occur decide. Pure: counts in, numbers out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """How often two reviewers said yes; arrays of one shape, an entry for each tag or pair."""

    answers: Floats  # by both
    both: Floats
    first: Floats  # yes of the first reviewer, whatever the second said
    second: Floats

    @property
    def observed(self) -> Floats:
        """The share of answers that agree."""
        return np.divide(self.answers - self.first - self.second + 2 * self.both, self.answers)

    @property
    def expected(self) -> Floats:
        """The share that would agree by chance."""
        yes = self.first * self.second
        no = (self.answers - self.first) * (self.answers - self.second)
        return (yes + no) / self.answers**2


def count(first: Bools, second: Bools, weights: Floats | None = None) -> Counts:
    """From answers (clips, tags) of two reviewers to the same clips; the result has an entry for each tag."""
    weights = np.ones(len(first)) if weights is None else weights
    answers = np.full(first.shape[1:], weights.sum())
    return Counts(answers, weights @ (first & second), weights @ first, weights @ second)


def kappas(counts: Counts) -> Floats:
    """One kappa for each entry; nan where chance alone agrees on everything, or nobody answered."""
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = counts.expected
        found = (counts.observed - expected) / (1 - expected)
    return np.where(np.isfinite(found), found, np.nan)


def pooled(counts: Counts) -> Floats:
    """One kappa over the tables along the first axis; nan where chance alone agrees on all, or nobody answered."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts.answers / counts.answers.sum(axis=0)
        kept = counts.answers > 0
        observed = np.where(kept, share * counts.observed, 0).sum(axis=0)
        expected = np.where(kept, share * counts.expected, 0).sum(axis=0)
        found = (observed - expected) / (1 - expected)
    return np.where(kept.any(axis=0) & np.isfinite(found), found, np.nan)
