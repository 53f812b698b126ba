"""Train, choose, get the labels, train again: one strategy on one set under one seed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.sampling import Pool, Strategy, order
from annotation.sampling.needs import need
from annotation.simulation.labelled_set import LabelledSet
from annotation.simulation.learner import Learner

CANDIDATES = 50  # a clip that the product keeps
LEAST = 0.01  # confidence of those
AIMED = 0.3  # the pool's prior in a backlog: what is near a few clips that are known counts for more
FIRM = 5  # clips to be judged on that a tag must have: the average precision over fewer is luck


@dataclass(frozen=True)
class Course:
    """How a replay goes."""

    first: int = 50  # clips drawn at random before anything is known
    growth: float = 0.3  # labels bought each round, as a share of those there are
    most: float = 0.6  # of the pool, where the replay ends
    threshold: float = 0.3  # of the policy
    backlog: bool = False  # whether strategies may read the texts of the clips that are judged, as those that wait


@dataclass(frozen=True)
class Point:
    """What was known after so many labelled clips."""

    labels: int
    tags: float  # mean average precision over tags: each counts alike, the rare ones too
    clips: float  # nDCG@5 over clips: the common tags count most


def replay(known: LabelledSet, strategy: Strategy, seed: int, course: Course) -> Iterator[Point]:
    """One point a round. The same seed draws the same first clips for every strategy."""
    random, learner = np.random.default_rng(seed), Learner(known, seed)
    learner.learn(np.sort(random.permutation(known.pool)[: course.first]))
    yield judged(known, learner)
    while len(learner.rows) < course.most * known.pool:
        left = np.setdiff1d(np.arange(known.pool), learner.rows)
        wanted = min(max(int(course.growth * len(learner.rows)), 5), len(left))
        gains = strategy(seen(known, learner, left, wanted, course), random)
        learner.learn(left[order(gains, random)[:wanted]])
        yield judged(known, learner)


def whole(known: LabelledSet) -> Point:
    """What a model makes of all labels there are."""
    learner = Learner(known, 0)
    learner.learn(np.arange(known.pool))
    return judged(known, learner)


def seen(known: LabelledSet, learner: Learner, rows: NDArray[np.int64], wanted: int, course: Course) -> Pool:
    """Unlabelled rows as a strategy sees them, with the candidates that the product would keep."""
    sure = learner.confidence[rows]
    kept = sure >= LEAST
    if sure.shape[1] > CANDIDATES:
        kept &= sure >= np.partition(sure, -CANDIDATES, axis=1)[:, -CANDIDATES, None]
    clip, tag = np.nonzero(kept)
    return Pool(
        start=np.searchsorted(clip, np.arange(len(rows) + 1)),
        tag=tag,
        confidence=sure[clip, tag].astype(np.float64),
        votes=learner.proposed(rows)[clip, tag],
        novelty=np.clip(1 - learner.likeness[rows], 0, 1).astype(np.float64),
        conflicts=np.zeros(len(rows), np.int64),
        need=need(known.labels[learner.rows].sum(axis=0)),
        value=np.ones(known.tags),
        threshold=course.threshold,
        wanted=wanted,
        vectors=known.vectors[rows],
        reviewed=known.vectors[learner.rows],
        targets=known.vectors[known.pool if course.backlog else len(known.vectors) :],
        prior=AIMED if course.backlog else Pool.prior,
    )


def judged(known: LabelledSet, learner: Learner) -> Point:
    sure, truth = learner.confidence[known.pool :], known.labels[known.pool :]
    return Point(len(learner.rows), mean_precision(sure, truth), ndcg(sure, truth, 5))


def mean_precision(sure: NDArray[np.float32], truth: NDArray[np.bool_], firm: int = FIRM) -> float:
    """Average precision of each tag that at least `firm` clips have, averaged over tags; 0 when there is none."""
    some = truth.sum(axis=0) >= firm
    if not some.any():
        return 0.0
    ranked = np.argsort(-sure[:, some], axis=0, kind="stable")
    hits = np.take_along_axis(truth[:, some], ranked, axis=0)
    precision = np.cumsum(hits, axis=0) / np.arange(1, len(hits) + 1)[:, None]
    return float(((precision * hits).sum(axis=0) / hits.sum(axis=0)).mean())


def ndcg(sure: NDArray[np.float32], truth: NDArray[np.bool_], k: int) -> float:
    """Mean over clips with a tag of the discounted hits among the `k` surest, over the most there could be."""
    some = truth.any(axis=1)
    ranked = np.argsort(-sure[some], axis=1, kind="stable")[:, :k]
    worth = 1 / np.log2(np.arange(2, k + 2))
    gained = (np.take_along_axis(truth[some], ranked, axis=1) * worth[: ranked.shape[1]]).sum(axis=1)
    ideal = np.cumsum(worth)[np.minimum(truth[some].sum(axis=1), k) - 1]
    return float((gained / ideal).mean())
