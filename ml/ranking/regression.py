"""Logistic regression on standardised columns: what turns scores into log-odds."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from ml.types import Array


@dataclass(frozen=True)
class Regression:
    """log-odds = w . (x - mean) / spread + b."""

    mean: Array  # (columns,)
    spread: Array  # (columns,)
    weight: Array  # (columns,)
    bias: Array  # (1,)

    @classmethod
    def fit(cls, x: Array, said: Array, weight: Array, strength: float) -> Self:
        """From rows x, 1 where true, and how much each row counts. With too few of one kind: their share for all."""
        x, said, weight = x[weight > 0], said[weight > 0], weight[weight > 0]
        mean = x.mean(axis=0) if len(x) else np.zeros(x.shape[1], np.float32)
        spread = np.maximum(x.std(axis=0), 1e-3) if len(x) else np.ones(x.shape[1], np.float32)
        true = int((said > 0).sum())
        if min(true, len(said) - true) < 2:
            share = (true + 1) / (len(said) + 2)
            return cls(mean, spread, np.zeros_like(mean), np.array([np.log(share / (1 - share))], np.float32))
        regression = LogisticRegression(C=strength, max_iter=500)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the last steps change the third digit at most
            regression.fit((x - mean) / spread, said > 0, sample_weight=weight)
        return cls(mean, spread, regression.coef_[0].astype(np.float32), regression.intercept_.astype(np.float32))

    def logits(self, x: Array) -> Array:
        """(rows,) within +-30."""
        logits: Array = np.clip((x - self.mean) / self.spread @ self.weight + self.bias, -30, 30)
        return logits

    def tensors(self) -> dict[str, Array]:
        """What `Regression(**tensors)` restores."""
        parts = {"mean": self.mean, "spread": self.spread, "weight": self.weight, "bias": self.bias}
        return {name: np.ascontiguousarray(part, np.float32) for name, part in parts.items()}


def sigmoid(logits: Array) -> Array:
    share: Array = (1 / (1 + np.exp(-logits))).astype(np.float32)
    return share
