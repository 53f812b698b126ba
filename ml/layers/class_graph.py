"""The hierarchy of classes that a hierarchical network follows: a tree or an acyclic graph, in levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.types import Vocabulary


@dataclass(frozen=True)
class ClassGraph:
    """Parents of each class. A class stands one level below its lowest parent; classes without parents are level 0."""

    parents: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> ClassGraph:
        """The tree of the tags, in the order of the output columns; a parent outside the vocabulary is none."""
        column = vocabulary.column
        above = [-1 if tag.parent is None else column.get(tag.parent, -1) for tag in vocabulary]
        return cls(tuple(() if parent < 0 else (parent,) for parent in above))

    def __len__(self) -> int:
        return len(self.parents)

    @cached_property
    def level(self) -> NDArray[np.int64]:
        """(classes,). Raises ValueError for a cycle."""
        level = np.zeros(len(self), dtype=np.int64)
        for _ in range(len(self) + 1):
            lower = np.array([max((level[p] + 1 for p in mine), default=0) for mine in self.parents], dtype=np.int64)
            if np.array_equal(lower, level):
                return level
            level = lower
        raise ValueError("the classes have a cycle: a class is above itself")

    @cached_property
    def levels(self) -> tuple[NDArray[np.int64], ...]:
        """The classes of each level."""
        return tuple(np.flatnonzero(self.level == depth) for depth in range(int(self.level.max(initial=0)) + 1))

    @cached_property
    def leaves(self) -> NDArray[np.int64]:
        """Classes below which there is none."""
        return np.setdiff1d(np.arange(len(self)), self.edges[:, 0])

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """(edges, 2): parent, child; the edges of higher parents first."""
        pairs = [(p, c) for c, mine in enumerate(self.parents) for p in mine]
        pairs.sort(key=lambda pair: (self.level[pair[0]], pair))
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)

    @cached_property
    def ancestors(self) -> tuple[frozenset[int], ...]:
        """All classes above each class, itself left out."""
        found: list[frozenset[int]] = [frozenset()] * len(self)
        for depth in self.levels:
            for c in depth.tolist():
                found[c] = frozenset(self.parents[c]).union(*(found[p] for p in self.parents[c]))
        return tuple(found)

    @cached_property
    def tops(self) -> NDArray[np.int64]:
        """(classes, most) the level-0 classes above each class, repeated to fill; a level-0 class has itself."""
        found = [sorted(a for a in above if not self.parents[a]) or [c] for c, above in enumerate(self.ancestors)]
        most = max((len(mine) for mine in found), default=1)
        return np.array([mine + mine[:1] * (most - len(mine)) for mine in found], dtype=np.int64).reshape(-1, most)

    def completed(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Labels (videos, classes) with the ancestors of what is said."""
        return self._up(labels)

    def coherent(self, scores: NDArray[Any]) -> NDArray[Any]:
        """Scores (videos, classes) where no class scores below one under it: the largest of its branch.

        The max constraint module of C-HMCNN (Giunchiglia & Lukasiewicz 2020, equation 1).
        """
        return self._up(scores)

    def _up(self, values: NDArray[Any]) -> NDArray[Any]:
        raised = values.copy()
        parent, child = self.edges.T
        order = np.argsort(-self.level[child], kind="stable")  # a class is complete before it is passed on
        for p, c in zip(parent[order].tolist(), child[order].tolist(), strict=True):
            np.maximum(raised[:, p], raised[:, c], out=raised[:, p])
        return raised


def read_paths(paths: Sequence[str]) -> ClassGraph:
    """The tree of `a/b/c` paths, classes in the given order; what lies above a path must be a path too."""
    row = {path: number for number, path in enumerate(paths)}
    above = [path.rpartition("/")[0] for path in paths]
    return ClassGraph(tuple(() if not parent else (row[parent],) for parent in above))
