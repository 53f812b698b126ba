"""All figures of agreement of one business line, from the opinions of its clips. Pure: opinions in, figures out.

Sets of tags are compared by alpha with the distance of the tree, for the line, for each branch (what the sets hold of
it) and for each pair of reviewers; single tags by kappa, pooled over the pairs of reviewers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotation.agreement import bootstrap, kappa, tree_distance
from annotation.agreement.alpha import Reliability
from annotation.agreement.kappa import Counts
from annotation.agreement.weighing import Opinion

LEAST_CLIPS = 10  # that a pair of reviewers has in common, or that hold a tag, before anything is said of it

Floats = NDArray[np.float64]
Clips = Sequence[Sequence[Opinion]]  # of each clip the opinions of two reviewers or more
Paths = Mapping[int, tuple[int, ...]]  # a tag and its ancestors, the root last


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with the central 95 % of what other clips would have given."""

    measure: str  # alpha | kappa
    value: float
    low: float | None
    high: float | None
    clips: int
    tag: int | None = None  # the tag (kappa) or branch (alpha) that it is about
    pair: tuple[int, int] | None = None  # of reviewers, the smaller id first


def measure(clips: Clips, paths: Paths, seed: int = bootstrap.SEED) -> Iterator[Figure]:
    """What can be said of these clips; figures that are not defined, or rest on too few clips, are left out."""
    yield from _alphas(clips, paths, seed)
    table = _Pairs.of(clips)
    if table is not None:
        yield from _of_pairs(table, seed)
        yield from _of_tags(table, seed)


def _alphas(clips: Clips, paths: Paths, seed: int) -> Iterator[Figure]:
    yield from _alpha(clips, paths, seed)
    given = {tag for opinions in clips for opinion in opinions for tag in opinion.given}
    roots = sorted({paths[tag][-1] for tag in given if len(paths.get(tag, ())) > 1})
    for root in roots:
        branch = {tag for tag in given if paths.get(tag, (tag,))[-1] == root}
        if _holding(clips, branch) >= LEAST_CLIPS:
            yield from _alpha([[_within(one, branch) for one in opinions] for opinions in clips], paths, seed, tag=root)
    of_pair: dict[tuple[int, int], list[list[Opinion]]] = defaultdict(list)
    for opinions in clips:
        for one, other in combinations(sorted(opinions, key=lambda opinion: opinion.reviewer), 2):
            of_pair[one.reviewer, other.reviewer].append([one, other])
    for pair, common in sorted(of_pair.items()):
        if len(common) >= LEAST_CLIPS:
            yield from _alpha(common, paths, seed, pair=pair)


def _alpha(
    clips: Clips, paths: Paths, seed: int, tag: int | None = None, pair: tuple[int, int] | None = None
) -> Iterator[Figure]:
    rows = [(clip, opinion.given) for clip, opinions in enumerate(clips) for opinion in opinions]
    sets = list(dict.fromkeys(given for _clip, given in rows))  # equal sets are compared once
    places = {given: place for place, given in enumerate(sets)}
    answers = np.array([places[given] for _clip, given in rows], dtype=np.int64)
    distance = tree_distance.distances(sets, paths)
    reliability = Reliability.of(np.array([clip for clip, _given in rows], dtype=np.int64), answers, distance)
    yield from _figure("alpha", reliability.alpha, reliability.clips, seed, tag, pair)


def _figure(
    name: str,
    figure: Callable[[Floats], float],
    clips: int,
    seed: int,
    tag: int | None = None,
    pair: tuple[int, int] | None = None,
) -> Iterator[Figure]:
    value = figure(np.ones(clips))
    if np.isfinite(value):
        found = bootstrap.interval(figure, clips, seed=seed)
        low, high = (found.low, found.high) if found else (None, None)
        yield Figure(name, float(value), low, high, clips, tag, pair)


@dataclass(frozen=True)
class _Pairs:
    """Each pair of opinions on a clip as a row; the rows of a pair of reviewers stand together."""

    pairs: list[tuple[int, int]]
    starts: NDArray[np.int64]  # (pairs,): where the rows of each pair begin
    clip: NDArray[np.int64]  # (rows,)
    tags: list[int]
    first: NDArray[np.bool_]  # (rows, tags)
    second: NDArray[np.bool_]
    clips: int

    @classmethod
    def of(cls, clips: Clips) -> _Pairs | None:
        """Of tags that enough clips hold; None where there is none."""
        held: dict[int, int] = defaultdict(int)
        for opinions in clips:
            for tag in frozenset[int]().union(*(opinion.given for opinion in opinions)):
                held[tag] += 1
        tags = sorted(tag for tag, count in held.items() if count >= LEAST_CLIPS)
        rows = sorted(
            (
                ((one.reviewer, other.reviewer), clip, one.given, other.given)
                for clip, opinions in enumerate(clips)
                for one, other in combinations(sorted(opinions, key=lambda opinion: opinion.reviewer), 2)
            ),
            key=lambda row: row[:2],
        )
        if not tags or not rows:
            return None
        starts: dict[tuple[int, int], int] = {}
        for place, (pair, *_rest) in enumerate(rows):
            starts.setdefault(pair, place)
        first, second = (np.array([[tag in row[side] for tag in tags] for row in rows]) for side in (2, 3))  # type: ignore[operator]
        clip = np.array([row[1] for row in rows])
        return cls(list(starts), np.array(list(starts.values())), clip, tags, first, second, len(clips))

    def apart(self) -> Iterator[_Pairs]:
        """Each pair of reviewers alone, over the clips they have in common."""
        ends = [*self.starts[1:].tolist(), len(self.clip)]
        for pair, start, end in zip(self.pairs, self.starts.tolist(), ends, strict=True):
            rows, start_of_all = np.arange(end - start), np.zeros(1, dtype=np.int64)
            sides = self.first[start:end], self.second[start:end]
            yield _Pairs([pair], start_of_all, rows, self.tags, *sides, clips=end - start)

    def counts(self, weights: Floats) -> Counts:
        """(pairs, tags), each clip counted so often."""
        rows = weights[self.clip][:, None]
        answers = np.broadcast_to(rows, self.first.shape)
        parts = (answers, rows * (self.first & self.second), rows * self.first, rows * self.second)
        return Counts(*(np.add.reduceat(part, self.starts, axis=0) for part in parts))

    def kappa(self, weights: Floats) -> float:
        """Pooled over pairs and tags."""
        counts = self.counts(weights)
        parts = (counts.answers, counts.both, counts.first, counts.second)
        return float(kappa.pooled(Counts(*(part.ravel() for part in parts))))


def _of_pairs(table: _Pairs, seed: int) -> Iterator[Figure]:
    """How far two reviewers agree on single tags, all tags pooled; and so all pairs together."""
    yield from _figure("kappa", table.kappa, table.clips, seed)
    for alone in table.apart():
        if alone.clips >= LEAST_CLIPS:
            yield from _figure("kappa", alone.kappa, alone.clips, seed, pair=alone.pairs[0])


def _of_tags(table: _Pairs, seed: int) -> Iterator[Figure]:
    """One kappa a tag. All tags are drawn together: one pass over the rows for each draw."""
    values = kappa.pooled(table.counts(np.ones(table.clips)))  # pooled over the pairs of reviewers
    low, high = bootstrap.intervals(lambda weights: kappa.pooled(table.counts(weights)), table.clips, seed=seed)
    for place, tag in enumerate(table.tags):
        if np.isfinite(values[place]):
            least, most = (float(end[place]) if np.isfinite(end[place]) else None for end in (low, high))
            yield Figure("kappa", float(values[place]), least, most, table.clips, tag)


def _within(opinion: Opinion, tags: Collection[int]) -> Opinion:
    return Opinion(opinion.reviewer, opinion.given & frozenset(tags), frozenset())


def _holding(clips: Clips, tags: Collection[int]) -> int:
    return sum(any(opinion.given & frozenset(tags) for opinion in opinions) for opinions in clips)
