"""Which wrong tags each video of a batch is compared with, and how much each of them stands for.

Easy negatives are drawn by frequency to a power (word2vec, Mikolov et al. 2013, section 2.2) and weighed by the inverse
of the chance that they were drawn: log Q correction (Bengio & Senecal 2008; Yi et al. 2019), with which a few drawn
tags stand for all. Hard ones are those of `two_hops`. A said tag, one above it, and one of the same name never count.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.parts import TrainingSet
from ml.ranking.two_hops import TwoHops, aliases
from ml.types import Array

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SamplerSettings:
    """Negatives of one video."""

    count: int = 400
    hard: float = 0.3  # share of two-hop tags among them, after the first pass over the videos
    in_batch: bool = True  # tags of the batch's other videos besides
    power: float = 0.75  # of a tag's frequency; 0 = all alike
    proposed: float = 0.5  # weight of a tag that a recaller proposes and nobody said, against a drawn one's
    rejected: float = 1.0  # weight of a tag that a reviewer refused


class Drawn(NamedTuple):
    """The tags that a batch is compared with."""

    columns: Rows  # (columns,) of the vocabulary
    positive: Array  # (videos, columns), 1 where the tag is said
    weight: Array  # (videos, columns) of a negative, 0 = it does not count


class Sampler:
    """Draws the negatives of batches of one training set."""

    def __init__(
        self, data: TrainingSet, settings: SamplerSettings, hops: TwoHops | None, proposed: sparse.csr_matrix
    ) -> None:
        """`proposed` (videos, tags): above 0 where a recaller proposes the tag."""
        self.data, self.settings, self.hops, self.proposed = data, settings, hops, proposed
        self.same = aliases(data.vocabulary)
        said = np.asarray(data.positive.sum(axis=0), dtype=np.float64).ravel()
        self.share = said / max(len(data), 1)
        self.chances = (said + 1) ** settings.power  # a tag nobody said yet is drawn too

    def draw(self, rows: Rows, hard: bool, generator: np.random.Generator) -> Drawn:
        """Negatives of these videos; `hard` when two-hop ones are among them."""
        settings, tags = self.settings, len(self.data.vocabulary)
        hardest = round(settings.hard * settings.count) if hard and self.hops is not None else 0
        easy = min(settings.count - hardest, tags)
        said, rejected, proposed = (m[rows] for m in (self.data.positive, self.data.negative, self.proposed))
        tough = self._hard(rows, hardest, generator)
        chance = inclusion(self.chances, easy)
        drawn = systematic(chance, len(rows), generator)
        columns = np.unique(np.concatenate([np.concatenate(drawn), *(m.indices for m in (said, rejected, tough))]))
        if settings.proposed:
            columns = np.union1d(columns, proposed.indices)
        columns = columns.astype(np.int64)
        positive = said[:, columns].toarray()
        weight = self._easy(drawn, chance, columns, positive) * ((settings.count - hardest) / settings.count)
        one = max(1.0, tags / settings.count)  # what one of `count` negatives stands for
        weight += one * tough[:, columns].toarray()
        weight += one * settings.proposed * (proposed[:, columns].toarray() > 0)
        weight = np.maximum(weight, one * settings.rejected * rejected[:, columns].toarray())
        true = said + self.data.implied[rows] + said @ self.same
        weight[sparse.csr_matrix(true)[:, columns].toarray() > 0] = 0.0
        return Drawn(columns, positive.astype(np.float32), weight.astype(np.float32))

    def _easy(self, drawn: list[Rows], chance: Floats, columns: Rows, positive: Array) -> Floats:
        """(videos, columns): 1 / chance of being a negative, where drawn or said of another video of the batch."""
        taken = np.stack([np.isin(columns, mine) for mine in drawn])
        chance = chance[columns]
        if self.settings.in_batch:
            others = positive.sum(axis=0, keepdims=True) - positive
            taken = taken | (others > 0)
            chance = 1 - (1 - chance) * (1 - self.share[columns]) ** max(len(drawn) - 1, 0)
        weight: Floats = np.where(taken, 1 / np.maximum(chance, 1e-9), 0.0)
        return weight

    def _hard(self, rows: Rows, most: int, generator: np.random.Generator) -> sparse.csr_matrix:
        """(videos, tags), 1 at each video's drawn two-hop tags, likelier the heavier they are."""
        tags = len(self.data.vocabulary)
        if not most or self.hops is None:
            return sparse.csr_matrix((len(rows), tags))
        found = self.hops.find(rows)
        # Of these keys the k largest are a draw by weight without replacement (Efraimidis & Spirakis 2006).
        keys = np.log(generator.random(found.nnz)) / found.data
        starts, kept = found.indptr, []
        for start, end in pairwise(starts):
            kept.append(start + np.argsort(-keys[start:end], kind="stable")[:most])
        ends = np.cumsum([0] + [len(mine) for mine in kept])
        indices = found.indices[np.concatenate(kept)] if kept else np.zeros(0, np.int64)
        return sparse.csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(rows), tags))


def inclusion(size: Floats, count: int) -> Floats:
    """Chance of each item to be among `count` different ones, in proportion to its size and at most 1."""
    if count >= len(size):
        return np.ones(len(size))
    chance = np.zeros(len(size))
    free = np.ones(len(size), bool)
    while (left := count - int((~free).sum())) > 0 and free.any():
        chance[free] = left * size[free] / size[free].sum()
        if not (full := free & (chance >= 1)).any():
            break
        chance[full], free[full] = 1.0, False
    return chance


def systematic(chance: Floats, times: int, generator: np.random.Generator) -> list[Rows]:
    """Draws of different items, each drawn with exactly its chance (Madow 1949), all over one shuffled order."""
    order = generator.permutation(len(chance))
    ends = np.cumsum(chance[order])
    count = round(float(ends[-1])) if len(ends) else 0
    draws = []
    for start in generator.random(times):
        place = np.searchsorted(ends, start + np.arange(count), side="right")
        draws.append(np.unique(order[np.minimum(place, len(order) - 1)]))
    return draws
