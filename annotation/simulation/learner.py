"""A small stack that is trained in a second: three recallers and a calibrated ranker, each in closed form. Pure.

Recall by a linear head (ridge regression), by the votes of similar labelled clips, and by names; ranked by a logistic
regression over the three. What a recaller says of a clip that it learned from is what it would have said without it
(leave-one-out: Allen 1974; for ridge regression by the diagonal of the hat matrix), so that confidences are honest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotation.simulation.labelled_set import LabelledSet
from ml.types import Array

STRENGTHS = (0.3, 1.0, 3.0, 10.0)  # of the ridge; the one with the least leave-one-out error is taken
POWER = 6  # of a neighbour's cosine: only near ones have a say
UNSAID = 200_000  # (clip, tag) pairs that the ranker learns from, at most


class Learner:
    """Knows the labels of some rows of a set; `confidence` is what it makes of all rows."""

    def __init__(self, known: LabelledSet, random: np.random.Generator) -> None:
        self.set, self.random = known, random
        rows = len(known.vectors)
        self.inputs = np.concatenate([known.vectors, np.full((rows, 1), 0.3, np.float32)], axis=1)
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

    def proposed(self, most: int = 10) -> NDArray[np.float64]:
        """(rows, tags), the share of recallers that have the tag among their `most` best, of those that name any."""
        found, asked = np.zeros(self.confidence.shape), np.zeros((len(self.confidence), 1))
        for scores in self.recalled:
            most_here = min(most, scores.shape[1])
            least = np.partition(scores, -most_here, axis=1)[:, -most_here, None]
            names = (scores >= least) & (scores > 0)
            found += names
            asked += names.any(axis=1, keepdims=True)
        return found / np.maximum(asked, 1)

    def _head(self) -> Array:
        """The linear head's scores, those of rows that it learned from as if it had not."""
        mine, truth = self.inputs[self.rows], self.set.labels[self.rows].astype(np.float32)
        values, turn = np.linalg.eigh((mine.T @ mine).astype(np.float64))
        turned, target = mine @ turn, turn.T @ (mine.T @ truth)
        best: tuple[float, Array, Array] | None = None
        for strength in STRENGTHS:
            shrink = 1 / (np.maximum(values, 0) + strength)
            hat = np.minimum((turned**2 * shrink).sum(axis=1, keepdims=True), 0.99)
            fitted = turned @ (shrink[:, None] * target)
            left_out = (fitted - hat * truth) / (1 - hat)
            error = float(((left_out - truth) ** 2).mean())
            if best is None or error < best[0]:
                best = error, (turn @ (shrink[:, None] * target)).astype(np.float32), left_out.astype(np.float32)
        assert best
        scores: Array = self.inputs @ best[1]
        scores[self.rows] = best[2]
        return scores

    def _ranked(self) -> Array:
        """Calibrated confidences: a logistic regression over what the recallers say and how common each tag is."""
        truth = self.set.labels[self.rows]
        share = (truth.sum(axis=0) + 0.2) / (len(self.rows) + 1)
        common = np.log(share).astype(np.float32)
        chosen = self._pairs(truth)
        row, tag = self.rows[chosen // truth.shape[1]], chosen % truth.shape[1]
        said = self._opinions(self.recalled[:, row, tag], common[tag])
        weights = _logistic(said, truth.ravel()[chosen].astype(np.float64))
        odds = np.tensordot(weights, self._opinions(self.recalled, common), axes=1)
        confidence: Array = (1 / (1 + np.exp(-np.clip(odds, -30, 30)))).astype(np.float32)
        return confidence

    def _pairs(self, truth: NDArray[np.bool_]) -> NDArray[np.int64]:
        if truth.size <= UNSAID:
            return np.arange(truth.size)
        return self.random.choice(truth.size, UNSAID, replace=False)

    @staticmethod
    def _opinions(recalled: Array, common: Array) -> Array:
        """(5, ...) what the ranker weighs: a constant, the three opinions, how common the tag is."""
        head, votes, named = recalled
        parts = [np.ones_like(head), np.clip(head, -1, 2), np.log(votes + 1e-3), named, common + np.zeros_like(head)]
        return np.stack(parts)


def _logistic(said: Array, truth: NDArray[np.float64], rounds: int = 12) -> NDArray[np.float32]:
    """Weights of a logistic regression by Newton's method, held near 0 by a weak prior."""
    inputs = said.astype(np.float64)
    weights = np.zeros(len(inputs))
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(weights @ inputs, -30, 30)))
        slope = inputs @ (truth - chance) - 0.1 * weights
        bend = (inputs * (chance * (1 - chance))) @ inputs.T + 0.1 * np.eye(len(inputs))
        weights = weights + np.clip(np.linalg.solve(bend, slope), -5, 5)
    return weights.astype(np.float32)
