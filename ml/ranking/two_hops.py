"""Hard negatives: tags two hops away in the graph of videos and tags.

From a video over one of its tags to another video, and on to what that one is tagged with. Such a tag goes with the
video's own ones, so only what the video shows can tell that it is wrong. Pairs that go together more often than chance
has it (normalised pointwise mutual information, Bouma 2009) count for more. Guards against tags that are true and were
only not said: names of the same thing, kinship, company that is nearly certain, and a teacher's doubt (relative margin
of positive-aware mining, Moreira et al. 2024, section 3).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.parts import TrainingSet
from ml.types import Vocabulary


@dataclass(frozen=True)
class Guards:
    """When a tag that nobody said is too likely to serve as a wrong one."""

    likely: float = 0.6  # most that P(tag | a tag of the video) may be
    margin: float | None = (
        0.95  # most of the teacher's score, as a share of its lowest for a said tag; None: no teacher
    )


class TwoHops:
    """What hard negatives the videos of a training set have."""

    def __init__(self, data: TrainingSet, guards: Guards, teacher: sparse.csr_matrix | None = None) -> None:
        """`teacher` (videos, tags): scores from models that have not seen the video, 0 where there is none."""
        self.data, self.guards = data, guards
        self.teacher = None if guards.margin is None else teacher
        self.company = _company(data.positive)
        self.same, self.below = aliases(data.vocabulary), _below(data.vocabulary)
        self.likely = _conditional(data.positive) > guards.likely  # (tags, tags): given the row, the column

    def find(self, rows: NDArray[np.int64]) -> sparse.csr_matrix:
        """(rows, tags) weights of the videos' hard negatives, above 0."""
        said = self.data.positive[rows]
        found = sparse.csr_matrix(said @ self.company)
        taken = said + self.data.implied[rows] + said @ self.same + said @ self.likely
        taken = taken + self._ends(said) @ self.below
        kept = sparse.csr_matrix(found - found.multiply(taken > 0))
        if self.teacher is not None:
            kept = _doubted(kept, self.teacher[rows], said, self.guards.margin or 0.0)
        kept.eliminate_zeros()
        kept.sort_indices()
        return kept

    def _ends(self, said: sparse.csr_matrix) -> sparse.csr_matrix:
        """Said tags without a said tag below: where the path goes on, a sibling is known to be wrong."""
        above = said @ self.below.T
        return sparse.csr_matrix(said - said.multiply(above > 0))


def aliases(vocabulary: Vocabulary) -> sparse.csr_matrix:
    """(tags, tags), 1 between different tags that share a name."""
    called: dict[str, set[int]] = defaultdict(set)
    for column, tag in enumerate(vocabulary):
        for name in (tag.name, *tag.names):
            called[name.casefold()].add(column)
    pairs = {(a, b) for columns in called.values() if len(columns) > 1 for a in columns for b in columns if a != b}
    return _ones(pairs, len(vocabulary))


def _below(vocabulary: Vocabulary) -> sparse.csr_matrix:
    """(tags, tags), 1 from a tag to each tag under it."""
    column = vocabulary.column
    parent = [column.get(tag.parent, -1) if tag.parent is not None else -1 for tag in vocabulary]
    pairs: set[tuple[int, int]] = set()
    for child in range(len(vocabulary)):
        above = parent[child]
        while above >= 0 and (above, child) not in pairs:
            pairs.add((above, child))
            above = parent[above]
    return _ones(pairs, len(vocabulary))


def _ones(pairs: set[tuple[int, int]], tags: int) -> sparse.csr_matrix:
    places = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return sparse.csr_matrix((np.ones(len(places), np.float32), (places[:, 0], places[:, 1])), shape=(tags, tags))


def _company(said: sparse.csr_matrix) -> sparse.csr_matrix:
    """(tags, tags) above 0 where two tags were said of one video: (1 + normalised PMI) / 2."""
    videos = max(said.shape[0], 1)
    counts = sparse.coo_matrix(said.T @ said, dtype=np.float64)
    alone = np.asarray(said.sum(axis=0), dtype=np.float64).ravel()
    other = (counts.row != counts.col) & (counts.data > 0)
    row, column, share = counts.row[other], counts.col[other], counts.data[other] / videos
    information = np.log(share * videos**2 / (alone[row] * alone[column]))
    normed = np.divide(information, -np.log(share), out=np.ones_like(share), where=share < 1)
    # Together once in a great many videos: close to -1, and still a way of two hops.
    weight = np.maximum((1 + normed) / 2, 1e-3)
    return sparse.csr_matrix((weight, (row, column)), shape=counts.shape)


def _conditional(said: sparse.csr_matrix) -> sparse.csr_matrix:
    """(tags, tags) share of the row's videos that have the column too."""
    alone = np.maximum(np.asarray(said.sum(axis=0), dtype=np.float64).ravel(), 1)
    return sparse.csr_matrix(sparse.diags(1 / alone) @ (said.T @ said))


def _doubted(
    found: sparse.csr_matrix, teacher: sparse.csr_matrix, said: sparse.csr_matrix, margin: float
) -> sparse.csr_matrix:
    """Only tags that the teacher holds clearly less likely than the said tag that it is least sure of."""
    least = np.full(said.shape[0], np.inf)
    sure = teacher.multiply(said > 0).tocoo()
    np.minimum.at(least, sure.row, np.where(sure.data > 0, sure.data, np.inf))
    pairs = found.tocoo()
    held = np.asarray(teacher[pairs.row, pairs.col], dtype=np.float64).ravel() if pairs.nnz else np.zeros(0)
    kept = held <= margin * least[pairs.row]
    return sparse.csr_matrix((pairs.data[kept], (pairs.row[kept], pairs.col[kept])), shape=found.shape)
