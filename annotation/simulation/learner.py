"""A small stack that is trained in a second: three recallers and a calibrated ranker, each in closed form. Pure.

Recall by a linear head over n-grams (ridge regression, in its dual form), by the votes of similar labelled clips, and
by names; ranked by a logistic regression over the three. What a recaller says of a clip that it learned from is what it
would have said without it (leave-one-out: Allen 1974; for ridge regression by the diagonal of the inverse), so that
confidences are honest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack, solve_triangular

from annotation.simulation.labelled_set import LabelledSet
from ml.types import Array

STRENGTH = 1.0  # of the ridge, for texts of length 1
CONSTANT = 0.05  # share of likeness that all texts have: lets scores lie off their mean
POWER = 6  # of a neighbour's cosine: only near ones have a say
PAIRS = 100_000  # (clip, tag) pairs that the ranker learns from, at most


class Learner:
    """Knows the labels of some rows of a set; `confidence` is what it makes of all rows."""

    def __init__(self, known: LabelledSet, seed: int) -> None:
        self.set, self.random = known, np.random.default_rng(seed)
        rows = len(known.vectors)
        self.votes = np.zeros((rows, known.tags), np.float32)
        self.weight = np.full(rows, 1e-3, np.float32)  # of all votes of each row
        self.likeness = np.zeros(rows, np.float32)  # cosine to the most alike labelled clip
        self.rows = np.zeros(0, np.int64)  # whose labels are known
        self.recalled = np.zeros((3, rows, known.tags), np.float32)
        self.confidence = np.zeros((rows, known.tags), np.float32)

    def learn(self, rows: NDArray[np.int64]) -> None:
        """Get the labels of further rows and train again."""
        alike = np.clip(self.set.vectors @ self.set.vectors[rows].T, 0, 1)
        self.likeness = np.maximum(self.likeness, alike.max(axis=1))
        alike[rows, np.arange(len(rows))] = 0.0  # nobody votes for itself
        said = alike**POWER
        self.votes += said @ self.set.labels[rows].astype(np.float32)
        self.weight += said.sum(axis=1)
        self.rows = np.concatenate([self.rows, rows])
        self.recalled = np.stack([self._head(), self.votes / self.weight[:, None], self.set.named])
        self.confidence = self._ranked()

    def proposed(self, rows: NDArray[np.int64], most: int = 10) -> NDArray[np.float64]:
        """(rows, tags), the share of recallers that have the tag among their `most` best, of those that name any."""
        found, asked = np.zeros((len(rows), self.set.tags)), np.zeros((len(rows), 1))
        most = min(most, self.set.tags)
        for scores in self.recalled[:, rows]:
            least = np.partition(scores, -most, axis=1)[:, -most, None]
            names = (scores >= least) & (scores > 0)
            found += names
            asked += names.any(axis=1, keepdims=True)
        return found / np.maximum(asked, 1)

    def _head(self) -> Array:
        """The linear head's scores, those of rows that it learned from as if it had not."""
        truth = self.set.labels[self.rows].astype(np.float32)
        usual = truth.mean(axis=0)
        alike = self.set.alike[:, self.rows] + np.float32(CONSTANT)
        gram = alike[self.rows] + STRENGTH * np.eye(len(self.rows), dtype=np.float32)
        lower, _fault = lapack.spotrf(gram, lower=True)
        half = solve_triangular(lower, truth - usual, lower=True)
        weights = solve_triangular(lower, half, lower=True, trans=1)
        inverse, _fault = lapack.strtri(lower, lower=True)
        scores: Array = alike @ weights + usual
        scores[self.rows] = truth - weights / (inverse**2).sum(axis=0)[:, None]
        return scores.astype(np.float32)

    def _ranked(self) -> Array:
        """Calibrated confidences: a logistic regression over what the recallers say and how common each tag is."""
        truth = self.set.labels[self.rows]
        common = np.log((truth.sum(axis=0) + 0.2) / (len(self.rows) + 1)).astype(np.float32)
        chosen = np.arange(truth.size)
        if truth.size > PAIRS:
            chosen = self.random.choice(truth.size, PAIRS, replace=False)
        row, tag = self.rows[chosen // truth.shape[1]], chosen % truth.shape[1]
        weights = logistic(_opinions(self.recalled[:, row, tag], common[tag]), truth.ravel()[chosen])
        odds = sum(w * part for w, part in zip(weights, _opinions(self.recalled, common), strict=True))
        confidence: Array = (1 / (1 + np.exp(-np.clip(odds, -30, 30)))).astype(np.float32)
        return confidence


def _opinions(recalled: Array, common: Array) -> list[Array]:
    """What the ranker weighs: a constant, the three opinions, how common the tag is."""
    head, votes, named = recalled
    return [np.ones_like(head), np.clip(head, -1, 2), np.log(votes + 1e-3), named, common + np.zeros_like(head)]


def logistic(said: list[Array], truth: NDArray[np.bool_], rounds: int = 12) -> NDArray[np.float32]:
    """Weights of a logistic regression by Newton's method, held near 0 by a weak prior."""
    inputs, truths = np.stack(said).astype(np.float64), truth.astype(np.float64)
    weights = np.zeros(len(inputs))
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(weights @ inputs, -30, 30)))
        slope = inputs @ (truths - chance) - 0.1 * weights
        bend = (inputs * (chance * (1 - chance))) @ inputs.T + 0.1 * np.eye(len(inputs))
        weights = weights + np.clip(np.linalg.solve(bend, slope), -5, 5)
    return weights.astype(np.float32)
