"""Which clips show the same pictures: copies that were uploaded again, under other words or in another shape.

By the fingerprints of `ml.media.fingerprints`, compared one with all by faiss. 10,000 clips of 16 pictures each took
144 s of one core, of 3 pictures 5 s; of most clips a few pictures differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.media.fingerprints import BYTES, VIEWS, Fingerprint

NEAR = 40  # bits of 256 up to which two pictures are the same: measured, see docs/benchmarks.md
SHARE = 0.5  # of the pictures of the clip that has fewer, which the other one has to show
_BLOCK = 200  # clips compared at once
Pair = tuple[int, int, float]  # two clips, and 1 less the share of bits in which their pictures differ


def pairs(ids: Sequence[int], fingerprints: Sequence[Fingerprint], most: int) -> list[Pair]:
    """Pairs of clips that show the same pictures: of each the `most` nearest. Each pair once, the smaller id first.

    A clip without a picture is like none.
    """
    sizes = np.array([len(found) for found in fingerprints], np.int64)
    if not sizes.sum():
        return []
    pictures = np.ascontiguousarray(np.concatenate(fingerprints))  # (pictures, VIEWS, BYTES)
    owners = np.repeat(np.arange(len(ids)), sizes)
    index: Any = faiss.IndexBinaryFlat(8 * BYTES)
    index.add(np.ascontiguousarray(pictures[:, 0]))
    likest: dict[tuple[int, int], float] = {}
    for start in range(0, len(ids), _BLOCK):
        block = np.flatnonzero((owners >= start) & (owners < start + _BLOCK))
        for a, b, likeness in _nearest(_alike(index, pictures, owners, sizes, block), most):
            pair = min(ids[a], ids[b]), max(ids[a], ids[b])
            likest[pair] = max(likeness, likest.get(pair, 0.0))
    return sorted((a, b, likeness) for (a, b), likeness in likest.items())


def _alike(
    index: Any, pictures: Fingerprint, owners: NDArray[np.int64], sizes: NDArray[np.int64], block: NDArray[np.int64]
) -> list[Pair]:
    """(clip, other clip, likeness) of the clips whose pictures stand in `block`, by their places."""
    found: list[Pair] = []
    for view in range(VIEWS) if len(block) else ():
        limits, bits, shown = index.range_search(np.ascontiguousarray(pictures[block, view]), NEAR + 1)
        asked = np.repeat(block, np.diff(limits.astype(np.int64)))
        others = owners[asked] != owners[shown]
        asked, shown, bits = asked[others], shown[others], bits[others]
        if not len(asked):
            continue
        both, place = np.unique(owners[asked] * len(sizes) + owners[shown], return_inverse=True)
        a, b = np.divmod(both, len(sizes))
        seen = np.where(sizes[a] <= sizes[b], _distinct(place, asked), _distinct(place, shown))
        enough = seen >= SHARE * np.minimum(sizes[a], sizes[b])
        likeness = 1 - np.bincount(place, bits) / np.bincount(place) / (8 * BYTES)
        found += zip(a[enough].tolist(), b[enough].tolist(), likeness[enough].tolist(), strict=True)
    return found


def _distinct(place: NDArray[np.int64], pictures: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many different pictures each place has."""
    return np.bincount(np.unique(np.stack([place, pictures]), axis=1)[0])


def _nearest(found: Sequence[Pair], most: int) -> list[Pair]:
    best: dict[int, list[tuple[float, int]]] = {}
    for a, b, likeness in found:
        best.setdefault(a, []).append((likeness, b))
    return [(a, b, likeness) for a, near in best.items() for likeness, b in sorted(near, reverse=True)[:most]]
