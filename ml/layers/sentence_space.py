"""Sentence vectors as directions from their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from ml.types import Array, Features


@dataclass(frozen=True)
class SentenceSpace:
    """An encoder's vectors lie in a narrow cone: what they have in common says nothing of a tag."""

    mean: Array  # (width,)

    @classmethod
    def of(cls, features: Sequence[Features]) -> Self | None:
        """Around the mean of those that have a vector; None where none has."""
        vectors = [item.text for item in features if item.text is not None]
        return cls(np.asarray(np.mean(vectors, axis=0, dtype=np.float64), np.float32)) if vectors else None

    def directions(self, features: Sequence[Features]) -> Array:
        """(features, width), of length 1; zeros where there is no vector, or one of another encoder's width."""
        found = np.zeros((len(features), len(self.mean)), np.float32)
        for row, item in zip(found, features, strict=True):
            if item.text is not None and item.text.shape == row.shape:
                row[:] = self.turned(item.text)
        return found

    def turned(self, vectors: Array) -> Array:
        """(..., width) vectors as directions of length 1."""
        moved = vectors - self.mean
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-6), np.float32)
