"""Honest scores for training videos: each is scored by models that were trained without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.parts import TrainingSet, find
from ml.ranking import RANKERS
from ml.ranking.candidates import CandidatePool
from ml.recall import Recaller
from ml.training.journal import Journal
from ml.types import Array, Candidate

Split = tuple[NDArray[np.int64], NDArray[np.int64]]  # rows to learn from, rows to score


def splits(videos: int, parts: int, seed: int = 0) -> list[Split]:
    """Every video is scored exactly once."""
    order = np.random.default_rng(seed).permutation(videos)
    held_out = [np.sort(part) for part in np.array_split(order, min(parts, videos)) if len(part)]
    return [(np.setdiff1d(order, part), part) for part in held_out]


def candidates(
    data: TrainingSet, recallers: Mapping[str, Recaller], config: Mapping[str, Any], journal: Journal
) -> CandidatePool:
    """What the recallers propose for the training videos when they have not seen them."""
    answers: dict[str, Sequence[Sequence[Candidate]]] = {}
    for name, recaller in recallers.items():
        budget = config["recall"][name]["candidates"]
        if recaller.excludes_self:
            answers[name] = recaller.recall(data.features, budget)
        else:
            answers[name] = _cross_recalled(name, type(recaller), data, config, journal)
    return CandidatePool.union(answers, data.vocabulary)


def _cross_recalled(
    name: str, recaller: type[Recaller], data: TrainingSet, config: Mapping[str, Any], journal: Journal
) -> list[list[Candidate]]:
    settings, found = config["recall"][name], [[] for _ in range(len(data))]  # type: Any, list[list[Candidate]]
    parts = splits(len(data), config["folds"])
    for number, (rest, held_out) in enumerate(parts, start=1):
        step = journal.stage(f"{name} fold {number} of {len(parts)}")
        # Never warm: the active bundle has seen the very videos that are to be scored.
        model = recaller.train(data.subset(rest.tolist()), settings.get("settings", {}), step=step)
        features = [data.features[i] for i in held_out]
        for i, proposed in zip(held_out, model.recall(features, settings["candidates"]), strict=True):
            found[i] = proposed
    return found


def ranker_scores(data: TrainingSet, pool: CandidatePool, config: Mapping[str, Any], journal: Journal) -> Array:
    """(pairs,) scores of the training videos' candidates by rankers that have not seen the videos."""
    ranking, scores = config["ranking"], np.zeros(len(pool), np.float32)
    ranker = find(RANKERS, ranking["ranker"])
    parts = splits(len(data), config["folds"])
    for number, (rest, held_out) in enumerate(parts, start=1):
        step = journal.stage(f"{ranking['ranker']} fold {number} of {len(parts)}")
        rows = rest.tolist()
        model = ranker.train(data.subset(rows), pool.of(rows), ranking.get("settings", {}), step=step)
        kept = np.isin(pool.video, held_out)
        scores[kept] = model.score([data.features[i] for i in held_out], pool.of(held_out.tolist()))
    return scores
