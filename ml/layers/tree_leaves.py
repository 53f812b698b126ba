"""Leaves of boosted trees as sparse features of a network (He et al. 2014, section 3.1), with LightGBM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from ml.types import Array


@dataclass(frozen=True)
class TreeConfig:
    """One booster for each of the commonest classes."""

    classes: int = 8
    trees: int = 10  # a class
    leaves: int = 8  # a tree
    rate: float = 0.1
    least: int = 20  # examples in a leaf
    seed: int = 0


class TreeLeaves:
    """(videos, features), NaN where unknown -> (videos, trees) numbers of leaves, each tree's after the last one's.

    Fit it on other videos than the network learns from: the leaf of a video that the trees have seen knows its label.
    """

    def __init__(self, boosters: Sequence[Any]) -> None:
        self.boosters = list(boosters)
        sizes = [t["num_leaves"] for b in self.boosters for t in b.dump_model()["tree_info"]]
        self.starts = np.cumsum([0, *sizes])[:-1].astype(np.int64)  # (trees,)
        self.count = int(sum(sizes))  # leaves of all trees

    @classmethod
    def fit(cls, rows: Array, labels: NDArray[Any], config: TreeConfig) -> TreeLeaves:
        """labels (videos, classes) 0 or 1; classes that nearly nobody or nearly everybody has are left out."""
        parameters = {
            "objective": "binary",
            "num_leaves": config.leaves,
            "learning_rate": config.rate,
            "min_data_in_leaf": config.least,
            "seed": config.seed,
            "deterministic": True,
            "force_row_wise": True,  # left to itself LightGBM picks the layout by a stopwatch
            "num_threads": 1,
            "verbosity": -1,
        }
        said = labels.sum(axis=0)
        usable = np.flatnonzero((said >= config.least) & (said <= len(rows) - config.least))
        chosen = usable[np.argsort(-np.minimum(said, len(rows) - said)[usable], kind="stable")][: config.classes]
        boosters = []
        for column in chosen.tolist():
            data = lightgbm.Dataset(rows, labels[:, column].astype(np.float32), params={"verbosity": -1})
            boosters.append(lightgbm.train(parameters, data, config.trees))
        return cls(boosters)

    def find(self, rows: Array) -> NDArray[np.int64]:
        """(videos, trees)."""
        if not self.boosters or not len(rows):
            return np.zeros((len(rows), len(self.starts)), dtype=np.int64)
        leaves = [np.asarray(b.predict(rows, pred_leaf=True, num_threads=1)) for b in self.boosters]
        found = np.concatenate([part.reshape(len(rows), -1) for part in leaves], axis=1)
        return found.astype(np.int64) + self.starts

    def write(self) -> list[str]:
        """Each booster as LightGBM's text."""
        return [booster.model_to_string() for booster in self.boosters]

    @classmethod
    def read(cls, texts: Sequence[str]) -> TreeLeaves:
        """What `write` gave."""
        return cls([lightgbm.Booster(model_str=text) for text in texts])
