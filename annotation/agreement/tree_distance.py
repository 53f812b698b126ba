"""How far two sets of tags are from each other in a tree: a sibling or a parent of the right tag is half right.

Each set is widened by the ancestors of its tags, as hierarchical precision and recall do (S. Kiritchenko et al.,
"Learning and Evaluation in the Presence of Class Hierarchies", 2006), and the widened sets are compared by Jaccard's
index or by MASI (R. Passonneau, "Measuring Agreement on Set-valued Items (MASI)", LREC 2006), which takes more off when
neither set holds the other. A set that only stops earlier on the same path holds nothing wrong, so MASI is mild on it.
Pure: sets in, a matrix out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["masi", "jaccard"]
Paths = Mapping[int, Collection[int]]  # a tag -> itself and its ancestors

SUBSET, CROSSING = 2 / 3, 1 / 3  # MASI's monotonicity of sets that are not equal


def distances(sets: Sequence[Collection[int]], paths: Paths, kind: Kind = "masi") -> Floats:
    """(sets, sets): 0 between equal sets, 1 between sets that share no branch. Two empty sets are equal.

    A tag without a path stands alone, as open tags do.
    """
    rows = _widened(sets, paths)
    shared = rows @ rows.T
    sizes = rows.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - shared
    with np.errstate(invalid="ignore"):
        jaccard = np.where(union > 0, shared / union, 1.0)
    if kind == "jaccard":
        return 1 - jaccard
    smaller = np.minimum(sizes[:, None], sizes[None, :])
    equal = shared == union
    within = ~equal & (shared == smaller)
    return 1 - jaccard * np.select([equal, within], [1.0, SUBSET], CROSSING)


def _widened(sets: Sequence[Collection[int]], paths: Paths) -> Floats:
    """(sets, nodes): which nodes each set touches."""
    ways = [{node for tag in tags for node in (tag, *paths.get(tag, ()))} for tags in sets]
    places = {node: place for place, node in enumerate(sorted(set().union(*ways)))}
    rows = np.zeros((len(sets), len(places)))
    for row, nodes in enumerate(ways):
        rows[row, [places[node] for node in nodes]] = 1
    return rows
