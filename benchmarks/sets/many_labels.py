"""Sets of vectors with many labels each: `NAME.npz` with X (rows, features) and Y (rows, tags)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.types import Array

# Learned from and judged on, as the extreme classification repository splits these sets (Bhatia et al. 2016).
SIZES = {"delicious": (12_920, 3_185), "corel5k": (4_500, 500)}
SHARE = 0.8  # to learn from, of sets that are not known


@dataclass(frozen=True)
class ManyLabels:
    """Rows to learn from and rows to be judged on."""

    train: Array  # (rows, features)
    train_labels: NDArray[np.bool_]  # (rows, tags)
    test: Array
    test_labels: NDArray[np.bool_]

    def inner(self, share: float = 0.9) -> ManyLabels:
        """The rows to learn from divided once more, to choose settings without a look at the test rows."""
        cut = int(share * len(self.train))
        rows, labels = self.train, self.train_labels
        return ManyLabels(rows[:cut], labels[:cut], rows[cut:], labels[cut:])


def find(data: Path) -> dict[str, Path]:
    """Name of each set below a folder -> its file."""
    return {path.stem: path for path in sorted(data.rglob("*.npz")) if {"X", "Y"} <= set(np.load(path).files)}


def split(path: Path, seed: int) -> ManyLabels:
    """A random split of the published size."""
    with np.load(path) as file:
        rows, labels = file["X"].astype(np.float32), file["Y"] > 0
    order = np.random.default_rng(seed).permutation(len(rows))
    learned, judged = SIZES.get(path.stem, (int(SHARE * len(rows)), len(rows)))
    first, second = order[:learned], order[learned : learned + judged]
    return ManyLabels(rows[first], labels[first], rows[second], labels[second])
