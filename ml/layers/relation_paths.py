"""Typed paths through a graph of tags: how sure a tag is when another one is, over at most a few relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.layers.page_rank import WalkConfig, pruned
from ml.types import Array, Vocabulary

BACKWARDS = "^"
TOGETHER = "together"  # said of the same videos

# How often the tag at the end of a relation is true where the one at its start is: forwards, backwards. Reviews correct
# these from the first videos on, see `confidence`.
PRIORS = {
    "parent": (0.9, 0.1),  # true by meaning: what is below a tag is one of its kind
    "broader": (0.8, 0.1),
    "part_of": (0.5, 0.2),
    "member_of": (0.5, 0.2),
    "plays_in": (0.3, 0.4),
    "made_by": (0.4, 0.1),
    "related": (0.3, 0.3),
}
UNKNOWN = (0.2, 0.2)
BY_MEANING = ("parent", "broader")  # reviewers rarely say these, so that they are unsaid proves nothing


@dataclass(frozen=True)
class Edges:
    """Directed edges between columns of tags; of several between two tags the surest."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    confidence: Array
    kind: tuple[str, ...]  # `plays_in`, or `^plays_in` backwards


@dataclass(frozen=True)
class PathConfig:
    """score = P(seed) * product of the confidences * decay^hops."""

    hops: int = 2
    decay: float = 0.8
    fan_out: int = 20  # surest edges of a tag that are followed
    hub: float = 99.5  # percentile of degrees beyond which a tag leads everywhere and is not left


Counts = NDArray[np.float64]
Path = tuple[tuple[str, int], ...]  # kind of the relation ("" at the start) and column


class Paths:
    """The surest path to each tag."""

    def __init__(self, edges: Edges, tags: int, config: PathConfig) -> None:
        self.config = config
        places = (edges.start, edges.end)
        links = sparse.csr_matrix((edges.confidence.astype(np.float64), places), shape=(tags, tags))
        links = pruned(links, WalkConfig(fan_out=config.fan_out, hub=config.hub))
        ends = zip(edges.start.tolist(), edges.end.tolist(), strict=True)
        kind = dict(zip(ends, edges.kind, strict=True))
        self.next: dict[int, list[tuple[int, float, str]]] = {}
        for start in np.flatnonzero(np.diff(links.indptr)).tolist():
            first, last = links.indptr[start : start + 2]
            following = zip(links.indices[first:last].tolist(), links.data[first:last].tolist(), strict=True)
            self.next[start] = [(end, sure, kind[start, end]) for end, sure in following]

    def reach(self, seeds: Mapping[int, float]) -> dict[int, tuple[float, Path]]:
        """Column -> score and path, from columns with their probabilities; the seeds are not among the answers.

        Of equally sure paths the shorter one, then the one over the smaller columns, so that runs are repeatable.
        """
        front: dict[int, tuple[float, Path]] = {seed: (sure, (("", seed),)) for seed, sure in seeds.items()}
        best = dict(front)
        for _ in range(self.config.hops):
            found: dict[int, tuple[float, Path]] = {}
            for column, (score, path) in sorted(front.items()):
                for end, sure, kind in self.next.get(column, ()):
                    reached = score * sure * self.config.decay
                    if reached > max(best.get(end, (0.0,))[0], found.get(end, (0.0,))[0]):
                        found[end] = (reached, (*path, (kind, end)))
            best |= found
            front = found
        return {column: told for column, told in best.items() if column not in seeds}


def edges(vocabulary: Vocabulary, said: sparse.csr_matrix, together: int, strength: float) -> Edges:
    """All relations both ways with their confidences, and pairs that were said of at least `together` videos.

    said: (videos, tags). `strength` is how many videos the prior of a kind is worth.
    """
    triples = _relations(vocabulary)
    counts = sparse.csr_matrix(said.T @ said, dtype=np.float64)
    alone = np.asarray(said.sum(axis=0), dtype=np.float64).ravel()
    *typed, kinds = _typed(triples, counts, alone, strength)
    more = _companions(counts, alone, said.shape[0], together, strength)
    start, end, sure = (np.concatenate(both) for both in zip(typed, more, strict=True))
    kind = [*kinds, *[TOGETHER] * len(more[0])]
    mere = np.array([one == TOGETHER for one in kind], dtype=bool)  # company, which a named relation comes before
    order = np.lexsort((-sure, mere, end, start))
    _, first = np.unique(np.stack([start[order], end[order]]), axis=1, return_index=True)
    kept = order[first]
    return Edges(start[kept], end[kept], sure[kept].astype(np.float32), tuple(kind[i] for i in kept))


def confidence(together: float, alone: float, prior: float, strength: float) -> float:
    """P(end | start): of `alone` videos with the start `together` had the end too; the prior counts as `strength`."""
    return (together + strength * prior) / (alone + strength)


def _relations(vocabulary: Vocabulary) -> list[tuple[int, str, int]]:
    column = vocabulary.column
    parents = [(tag.id, "parent", tag.parent) for tag in vocabulary if tag.parent is not None]
    others = [(tag.id, kind, other) for tag in vocabulary for kind, other in tag.relations]
    return [(column[a], kind, column[b]) for a, kind, b in [*parents, *others] if a in column and b in column]


def _typed(
    triples: Sequence[tuple[int, str, int]], counts: sparse.csr_matrix, alone: Counts, strength: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], Counts, list[str]]:
    """Each relation forwards and backwards. A kind learns from all its relations, a relation from its own videos."""
    both = [(a, kind, b, PRIORS.get(kind, UNKNOWN)[0]) for a, kind, b in triples]
    both += [(b, BACKWARDS + kind, a, PRIORS.get(kind, UNKNOWN)[1]) for a, kind, b in triples]
    start = np.array([a for a, *_ in both], dtype=np.int64)
    end = np.array([b for _, _, b, _ in both], dtype=np.int64)
    kinds = [kind for _, kind, _, _ in both]
    shared = np.asarray(counts[start, end], dtype=np.float64).ravel() if both else np.zeros(0)
    totals: dict[str, list[float]] = {}
    for kind, pair, one in zip(kinds, shared, alone[start], strict=True):
        total = totals.setdefault(kind, [0.0, 0.0])
        total[0], total[1] = total[0] + pair, total[1] + one
    sure = np.zeros(len(both))
    for i, (kind, (*_, prior)) in enumerate(zip(kinds, both, strict=True)):
        if kind in BY_MEANING:
            sure[i] = prior
            continue
        usual = confidence(totals[kind][0], totals[kind][1], prior, strength)
        sure[i] = confidence(shared[i], alone[start[i]], usual, strength)
    return start, end, sure, kinds


def _companions(
    counts: sparse.csr_matrix, alone: Counts, videos: int, together: int, strength: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], Counts]:
    """Pairs said together more often than by chance; the prior is the end's own share of the videos."""
    pairs = counts.tocoo()
    row, column, shared = pairs.row.astype(np.int64), pairs.col.astype(np.int64), pairs.data
    kept = (row != column) & (shared >= together) & (shared * videos > alone[row] * alone[column])
    row, column, shared = row[kept], column[kept], shared[kept]
    sure = (shared + strength * alone[column] / max(videos, 1)) / (alone[row] + strength)
    return row, column, sure
