"""Which tags reviewers never or always put together, as rules that may be worth having. Pure: arrays in, findings out.

Rare tags prove nothing: a pair counts as never together only when the *upper* bound of how often it stands together
is far below chance, and as always together only when the *lower* bound is near one (Wilson's bounds, 95 %).
A tag is present with its ancestors, as the rules see it; of nested findings only the outermost is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Z = 1.96
LEAST = 20  # sets that must hold a tag before anything is said of it

Numbers = NDArray[np.int64]
Paths = Mapping[int, tuple[int, ...]]  # a tag and its ancestors, the root last


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule the sets speak for, with the counts it rests on."""

    kind: Literal["excludes", "requires", "at_most_one_child"]
    subject: int
    other: int | None  # None with at_most_one_child
    sets: int  # all that were looked at
    subject_sets: int
    other_sets: int
    together: int
    expected: float  # sets that would hold both by chance
    bound: float  # of excludes the most times chance it may be, of requires the least share of the subject's sets


@dataclass(frozen=True)
class Bounds:
    never: float = 0.2  # times chance
    always: float = 0.9  # share of the subject's sets
    lift: float = 1.5  # a tag that stands nearly everywhere is with everything


def mine(sets: Numbers, tags: Numbers, paths: Paths, bounds: Bounds = Bounds()) -> list[Finding]:
    """`sets` and `tags` are rows: which set holds which tag. The strongest findings come first."""
    if not len(sets):
        return []
    counts = _Counts.of(sets, tags, paths)
    never = _outermost(list(_never(counts, paths, bounds)), paths)
    always = _plain(list(_always(counts, paths, bounds)), paths)
    return [*_gathered(never, counts, paths), *always]


@dataclass(frozen=True)
class _Counts:
    nodes: Numbers  # ids, sorted; only those in LEAST sets
    single: Numbers  # sets that hold each
    pairs: sparse.csr_matrix  # sets that hold both
    sets: int

    @classmethod
    def of(cls, sets: Numbers, tags: Numbers, paths: Paths) -> _Counts:
        names, set_of = np.unique(sets, return_inverse=True)
        known, tag_of = np.unique(tags, return_inverse=True)
        ways = [paths[tag] for tag in known.tolist()]
        lengths = np.array([len(way) for way in ways])
        nodes, node_of = np.unique(np.concatenate([np.array(way) for way in ways]), return_inverse=True)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        repeats = lengths[tag_of]
        within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        columns = node_of[np.repeat(starts[tag_of], repeats) + within]
        rows = np.repeat(set_of, repeats)
        shape = (len(names), len(nodes))
        held = sparse.csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), shape=shape)
        held.data[:] = 1  # a node is present once, however many tags of its branch are
        single = np.asarray(held.sum(axis=0), dtype=np.int64).ravel()
        common = np.flatnonzero(single >= LEAST)
        held = held[:, common]
        return cls(nodes[common], single[common], (held.T @ held).tocsr(), len(names))


def _never(counts: _Counts, paths: Paths, bounds: Bounds) -> Iterator[Finding]:
    chance = Z * Z / bounds.never  # less than this expected, and even no set at all proves nothing
    for i, node in enumerate(counts.nodes.tolist()):
        partners = np.flatnonzero(counts.single * counts.single[i] >= chance * counts.sets)
        partners = partners[partners > i]
        if not len(partners):
            continue
        together = counts.pairs[i].toarray().ravel()[partners]
        expected = counts.single[i] * counts.single[partners] / counts.sets
        upper = _upper(together, counts.sets) * counts.sets / expected
        for at in np.flatnonzero(upper <= bounds.never):
            j = int(partners[at])
            other = int(counts.nodes[j])
            if not _nested(node, other, paths):
                yield Finding(
                    "excludes",
                    node,
                    other,
                    counts.sets,
                    int(counts.single[i]),
                    int(counts.single[j]),
                    int(together[at]),
                    float(expected[at]),
                    float(upper[at]),
                )


def _always(counts: _Counts, paths: Paths, bounds: Bounds) -> Iterator[Finding]:
    pairs = counts.pairs.tocoo()
    lower = _lower(pairs.data, counts.single[pairs.row])
    share = counts.single[pairs.col] / counts.sets
    for at in np.flatnonzero((lower >= bounds.always) & (lower >= bounds.lift * share)):
        i, j = int(pairs.row[at]), int(pairs.col[at])
        node, other = int(counts.nodes[i]), int(counts.nodes[j])
        if i != j and not _nested(node, other, paths):
            yield Finding(
                "requires",
                node,
                other,
                counts.sets,
                int(counts.single[i]),
                int(counts.single[j]),
                int(pairs.data[at]),
                float(counts.single[i] * share[at]),
                float(lower[at]),
            )


def _outermost(found: list[Finding], paths: Paths) -> list[Finding]:
    """Without the pairs that another pair of branches includes."""
    pairs = {frozenset((f.subject, f.other)) for f in found}
    return [
        f
        for f in found
        if not any(
            frozenset((above, beside)) in pairs
            for above in _path(f.subject, paths)
            for beside in _path(f.other, paths)
            if (above, beside) != (f.subject, f.other)
        )
    ]


def _gathered(found: list[Finding], counts: _Counts, paths: Paths) -> list[Finding]:
    """Three or more siblings that all exclude each other become one rule about their parent."""
    above = {int(node): _path(int(node), paths)[1:2] for node in counts.nodes}
    children: dict[int, list[int]] = {}
    for node, parents in above.items():
        for parent in parents:
            children.setdefault(parent, []).append(node)
    pairs = {frozenset((f.subject, f.other)): f for f in found}
    gathered, gone = [], set()
    for shared, below in children.items():
        within = [frozenset((a, b)) for i, a in enumerate(below) for b in below[i + 1 :]]
        if len(below) >= 3 and all(pair in pairs for pair in within):
            gone.update(within)
            gathered.append(_of_children(shared, [pairs[pair] for pair in within], counts))
    kept = [f for pair, f in pairs.items() if pair not in gone]
    return gathered + sorted(kept, key=lambda f: (-f.expected, f.subject, f.other or 0))


def _of_children(parent: int, pairs: list[Finding], counts: _Counts) -> Finding:
    at = int(np.searchsorted(counts.nodes, parent))
    held = int(counts.single[at])
    together, expected = sum(f.together for f in pairs), sum(f.expected for f in pairs)
    worst = max(f.bound for f in pairs)
    return Finding("at_most_one_child", parent, None, counts.sets, held, 0, together, expected, worst)


def _plain(found: list[Finding], paths: Paths) -> list[Finding]:
    """Without what follows from another finding, and of two that require each other only the surer one."""
    needs: dict[int, dict[int, Finding]] = {}
    for f in found:
        needs.setdefault(f.subject, {})[f.other or 0] = f

    def follows(f: Finding) -> bool:
        stronger = [g for above in _path(f.subject, paths) for g in needs.get(above, {}).values() if g is not f]
        if any(f.other in _path(g.other, paths) for g in stronger):
            return True
        back = needs.get(f.other or 0, {}).get(f.subject)
        return back is not None and (back.bound, -back.subject) > (f.bound, -f.subject)

    return sorted((f for f in found if not follows(f)), key=lambda f: (-f.bound, f.subject, f.other or 0))


def _nested(first: int, second: int, paths: Paths) -> bool:
    return first in _path(second, paths) or second in _path(first, paths)


def _path(node: int | None, paths: Paths) -> tuple[int, ...]:
    return paths[node] if node is not None else ()


def _upper(hits: Numbers, tries: int) -> NDArray[np.float64]:
    """The most that the share of hits may be."""
    centre, spread = _wilson(hits / tries, np.float64(tries))
    return centre + spread


def _lower(hits: Numbers, tries: Numbers) -> NDArray[np.float64]:
    """The least that the share of hits may be."""
    centre, spread = _wilson(hits / tries, tries)
    return centre - spread


def _wilson(share: NDArray[np.float64], tries: Numbers | np.float64) -> tuple[NDArray[np.float64], ...]:
    scale = 1 + Z * Z / tries
    centre = (share + Z * Z / (2 * tries)) / scale
    return centre, Z * np.sqrt(share * (1 - share) / tries + Z * Z / (4 * tries * tries)) / scale
