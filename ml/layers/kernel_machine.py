"""Kernel ridge regression, one against the rest, with its settings chosen by leaving each example out.

Scores are K (K + r I)^-1 Y for a Gaussian kernel K over standardised rows (Saunders, Gammerman & Vovk 1998). What a
machine that has not seen an example says of it costs nothing more: y - (A y) / diag(A) with A = (K + r I)^-1 (Rifkin &
Lippert 2007, section 3), so width and ridge are chosen without a validation part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ml.types import Array

WIDTHS = (0.3, 1.0, 3.0)  # of the kernel, in units of 1 / numbers a row
RIDGES = (0.01, 0.03, 0.1, 0.3, 1.0)
_PARTS = ("mean", "spread", "known", "weight", "base")
_FLAT = 1e-6  # a number that never differs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KernelMachine:
    """(rows, numbers) -> (rows, targets): near 1 where the target holds, near 0 where not."""

    mean: Array  # (numbers,)
    spread: Array  # (numbers,)
    known: Array  # (examples, numbers), standardised
    weight: Array  # (examples, targets)
    base: Array  # (targets,) share of the examples
    width: float

    @classmethod
    def fit(cls, rows: Array, targets: Array) -> Self:
        """From examples (n, numbers) and what holds of them (n, targets); n^3 steps. ValueError without examples."""
        if not len(rows):
            raise ValueError("there are no examples to learn from")
        mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), _FLAT)
        known = ((rows - mean) / spread).astype(np.float32)
        base = targets.mean(axis=0)
        width, weight = _best(_distances(known, known), targets.astype(np.float64) - base)
        return cls(_single(mean), _single(spread), known, _single(weight), _single(base), width)

    def scores(self, rows: Array) -> Array:
        """(rows, targets)."""
        asked = ((rows - self.mean) / self.spread).astype(np.float32)
        kernel = np.exp(-self.width * _distances(asked, self.known))
        scores: Array = (kernel @ self.weight + self.base).astype(np.float32)
        return scores

    def tensors(self) -> dict[str, Array]:
        """What `restored` reads."""
        parts = {name: np.ascontiguousarray(getattr(self, name)) for name in _PARTS}
        return parts | {"width": np.array([self.width], np.float64)}

    @classmethod
    def restored(cls, tensors: dict[str, NDArray[Any]]) -> Self:
        """From `tensors`."""
        mean, spread, known, weight, base = (_single(tensors[name]) for name in _PARTS)
        return cls(mean, spread, known, weight, base, float(tensors["width"][0]))


def _single(values: NDArray[Any]) -> Array:
    return np.asarray(values, np.float32)


def left_out(kernel: Floats, targets: Floats, ridge: float) -> tuple[Floats, Floats]:
    """(weights, what each example is told by a machine that has not seen it); both (examples, targets)."""
    inverse = np.linalg.inv(kernel + ridge * np.eye(len(kernel)))
    weight = inverse @ targets
    return weight, targets - weight / np.diag(inverse)[:, None]


def _best(distances: Floats, targets: Floats) -> tuple[float, Floats]:
    """Width and weights with the smallest squared error on examples that were left out."""
    found = []
    for width, ridge in product(WIDTHS, RIDGES):
        weight, told = left_out(np.exp(-width * distances), targets, ridge)
        found.append((float(np.square(told - targets).mean()), width, weight))
    _, width, weight = min(found, key=lambda each: each[:2])
    return width, weight


def _distances(first: Array, second: Array) -> Floats:
    """(first, second) mean squared difference of two rows."""
    one, other = first.astype(np.float64), second.astype(np.float64)
    squares = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1)[None, :] - 2 * one @ other.T
    distances: Floats = np.maximum(squares, 0.0) / max(1, first.shape[1])
    return distances
