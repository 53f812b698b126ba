"""A fully labelled set as numbers: text vectors, what names say, and who is to be learned from or judged on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from ml.layers.grams import GramTable
from ml.types import Array, Snapshot

WIDTH = 256  # of the texts' vectors
MOST = 8_000  # clips to learn from and to be judged on that are taken each: all pairs are compared


@dataclass(frozen=True)
class LabelledSet:
    """Rows of clips; labels of the first `pool` may be bought, the others are judged on."""

    name: str
    vectors: Array  # (clips, width) of length 1: TF-IDF of n-grams, by singular values
    alike: Array  # (clips, clips) cosines of the n-grams themselves
    named: Array  # (clips, tags) in [0, 1]: likeness of the text to the tag's names
    labels: NDArray[np.bool_]  # (clips, tags)
    pool: int

    @property
    def tags(self) -> int:
        return self.labels.shape[1]


def of(snapshot: Snapshot, name: str) -> LabelledSet:
    """The texts of a snapshot and its tags; what is above a tag holds too. Test examples are judged on.

    Vectors are learned from the texts to learn from, of which labels play no part. Raises ValueError when either part
    is empty.
    """
    pool = [example for example in snapshot.examples if example.split != "test"][:MOST]
    test = snapshot.split("test")[:MOST]
    if len(pool) < 2 or not test:
        raise ValueError(f"{name} has {len(pool)} clips to learn from and {len(test)} to be judged on: both are needed")
    texts = [example.video.text() for example in [*pool, *test]]
    table = GramTable.count(texts[: len(pool)])
    encoded = table.encode(texts)
    width = min(WIDTH, len(pool) - 1, encoded.shape[1] - 1)
    vectors = TruncatedSVD(width, random_state=0).fit(encoded[: len(pool)]).transform(encoded)
    names = table.encode([" ".join(tag.names or (tag.name,)) for tag in snapshot.vocabulary])
    labels = _labels(snapshot, [example.tags for example in [*pool, *test]])
    used = labels.any(axis=0)  # a tag that nothing has is no part of the task
    return LabelledSet(
        name,
        _unit(vectors),
        _dense(encoded @ encoded.T),
        _dense(encoded @ names.T)[:, used],
        labels[:, used],
        len(pool),
    )


def _labels(snapshot: Snapshot, said: Sequence[frozenset[int]]) -> NDArray[np.bool_]:
    column, above = snapshot.vocabulary.column, {tag.id: tag.parent for tag in snapshot.vocabulary}
    labels = np.zeros((len(said), len(snapshot.vocabulary)), bool)
    for row, tags in enumerate(said):
        for tag in tags:
            node: int | None = tag
            while node is not None and node in column:
                labels[row, column[node]] = True
                node = above[node]
    return labels


def _unit(rows: Array) -> Array:
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _dense(likeness: sparse.csr_matrix) -> Array:
    return np.clip(likeness.toarray(), 0, 1).astype(np.float32)
