"""Search for the vectors with the largest inner product: exact among few, approximate and small among many.

Above `exact` vectors: inverted lists whose residuals are kept as one byte a number (Jegou, Douze & Schmid 2011,
section IV, with scalar in place of product quantisation), by faiss. Time grows with the root of the number of vectors.
"""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.types import Array

EXACT = 50_000  # vectors up to which every one is compared: 77 MB and 4 ms at 384 numbers each
_A_LIST = 64  # vectors that a list's centre is learned from
_SHARE = 16  # one list in so many is looked through
_LEAST = 96  # lists that are looked through at least
_BLOCK = 65_536  # vectors assigned to lists at once


def build(vectors: Array, exact: int = EXACT) -> Any:
    """A faiss index of vectors (n, dim) of length 1, its rows numbered in their order."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    if len(vectors) <= exact:
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        return flat
    lists = max(1, round(2 * len(vectors) ** 0.5))
    index: Any = faiss.index_factory(vectors.shape[1], f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = _A_LIST, 1
    index.train(vectors)
    for start in range(0, len(vectors), _BLOCK):
        index.add(vectors[start : start + _BLOCK])
    index.make_direct_map()  # a vector can be asked for by its row
    index.nprobe = min(lists, max(_LEAST, lists // _SHARE))
    return index


def search(index: Any, queries: Array, k: int) -> tuple[Array, NDArray[np.int64], NDArray[np.bool_]]:
    """(queries, k) inner products, rows, and which of them were found: few lists may hold fewer than `k` vectors.

    What was not found is row 0 and stands at the end.
    """
    likeness, rows = index.search(np.ascontiguousarray(queries, np.float32), min(k, index.ntotal))
    found = rows >= 0
    return np.where(found, likeness, 0.0).astype(np.float32), np.where(found, rows, 0), found


def vectors_of(index: Any, rows: NDArray[np.int64]) -> Array:
    """(..., dim) the vectors of these rows, as exactly as the index keeps them."""
    flat: Array = index.reconstruct_batch(np.ascontiguousarray(rows.ravel(), np.int64))
    return flat.reshape(*rows.shape, -1)
