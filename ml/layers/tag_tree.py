"""A tag is believed as far as the tag above it is: words that speak for "cats" ought to speak for "pets" too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.types import Vocabulary

_OFTEN = 0.5  # of a tag's videos that have the parent too; where it is left unsaid its probability tells nothing
_LEAST = 1e-7  # probability that log-odds are taken of


def parents(vocabulary: Vocabulary, said: sparse.csr_matrix) -> NDArray[np.int64]:
    """(tags,) the column of the tag above each, -1 where there is none that people say with it.

    `said`: (videos, tags), 1 where a tag is said of a video.
    """
    found = np.full(len(vocabulary), -1, dtype=np.int64)
    column = vocabulary.column
    pairs = [
        (i, column[tag.parent]) for i, tag in enumerate(vocabulary) if tag.parent is not None and tag.parent in column
    ]
    if pairs:
        child, parent = np.array(pairs, dtype=np.int64).T
        columns = said.tocsc()
        both = np.asarray(columns[:, child].multiply(columns[:, parent]).sum(axis=0)).ravel()
        told = np.asarray(columns[:, child].sum(axis=0)).ravel()
        often = both > _OFTEN * np.maximum(told, 1)
        found[child[often]] = parent[often]
    return found


def believed(probability: NDArray[np.float64], above: NDArray[np.int64], weight: float) -> NDArray[np.float64]:
    """(videos, tags): the mean of a tag's log-odds and, with `weight` beside its 1, those of the tag above it."""
    kept = np.clip(probability, _LEAST, 1 - _LEAST)
    odds = np.log(kept) - np.log1p(-kept)
    under = np.flatnonzero(above >= 0)
    mean = (odds[:, under] + weight * odds[:, above[under]]) / (1 + weight)
    found: NDArray[np.float64] = probability.copy()
    found[:, under] = 1 / (1 + np.exp(-mean))
    return found
