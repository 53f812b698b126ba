"""Honest scores for training videos: each is scored by models that were trained without it.

What a fold's model answers is kept in the feature store under what it was trained from: a training that goes on after a
kill, and the next one with the same reviews, find it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.feature_store import FeatureStore
from ml.layers import peers
from ml.parts import TrainingSet, find
from ml.ranking import RANKERS
from ml.ranking.candidates import CandidatePool
from ml.recall import Recaller
from ml.training import fingerprints
from ml.training.journal import Journal
from ml.training.workplace import Workplace
from ml.types import Array, Candidate

Split = tuple[NDArray[np.int64], NDArray[np.int64]]  # rows to learn from, rows to score
Answers = Sequence[Sequence[Candidate]]

KEPT = "folds.v1"  # as an extractor's name in the feature store
DAYS = 14.0  # reviews go on, and then nobody asks for these answers again


def splits(videos: int, parts: int, seed: int = 0) -> list[Split]:
    """Every video is scored exactly once."""
    order = np.random.default_rng(seed).permutation(videos)
    held_out = [np.sort(part) for part in np.array_split(order, min(parts, videos)) if len(part)]
    return [(np.setdiff1d(order, part), part) for part in held_out]


@dataclass(frozen=True)
class Folds:
    """The parts of the training videos, and what their models answered before."""

    data: TrainingSet
    config: Mapping[str, Any]
    journal: Journal
    place: Workplace
    store: FeatureStore

    @cached_property
    def splits(self) -> list[Split]:
        return splits(len(self.data), self.config["folds"])

    @cached_property
    def digest(self) -> str:
        return fingerprints.of_set(self.data)

    def candidates(self, recallers: Mapping[str, Recaller]) -> CandidatePool:
        """What the recallers propose for the training videos when they have not seen them; without evidence."""
        if peers.leads():
            self.store.forget_older(KEPT, DAYS)
        answers: dict[str, Answers] = {}
        for name, recaller in recallers.items():
            if recaller.excludes_self:
                found = recaller.recall(self.data.features, self.config["recall"][name]["candidates"])
                answers[name] = [[c._replace(evidence=_NOTHING) for c in mine] for mine in found]
            else:
                answers[name] = self._cross_recalled(name, type(recaller))
        return CandidatePool.union(answers, self.data.vocabulary)

    def _cross_recalled(self, name: str, recaller: type[Recaller]) -> list[list[Candidate]]:
        settings = self.config["recall"][name]
        found: list[list[Candidate]] = [[] for _ in range(len(self.data))]
        for number, (rest, held_out) in enumerate(self.splits, start=1):

            def answer(rest: NDArray[np.int64] = rest, held_out: NDArray[np.int64] = held_out, n: int = number) -> Kept:
                stage = f"{name} fold {n} of {len(self.splits)}"
                with self.place.keeping(stage):
                    # Never warm: the active bundle has seen the very videos that are to be scored.
                    data, step = self.data.subset(rest.tolist()), self.journal.stage(stage)
                    model = recaller.train(data, settings.get("settings", {}), step=step)
                features = [self.data.features[i] for i in held_out]
                return _packed(model.recall(features, settings["candidates"]))

            key = fingerprints.of_part(name, settings, self.digest, rest.tolist())
            for i, proposed in zip(held_out, _unpacked(self._kept(key, answer)), strict=True):
                found[i] = proposed
        return found

    def ranker_scores(self, pool: CandidatePool) -> Array:
        """(pairs,) scores of the training videos' candidates by rankers that have not seen the videos."""
        ranking, scores = self.config["ranking"], np.zeros(len(pool), np.float32)
        ranker, known = find(RANKERS, ranking["ranker"]), fingerprints.of_pool(pool)
        for number, (rest, held_out) in enumerate(self.splits, start=1):

            def answer(rest: NDArray[np.int64] = rest, held_out: NDArray[np.int64] = held_out, n: int = number) -> Kept:
                stage, rows = f"{ranking['ranker']} fold {n} of {len(self.splits)}", rest.tolist()
                with self.place.keeping(stage):
                    data, step = self.data.subset(rows), self.journal.stage(stage)
                    model = ranker.train(data, pool.of(rows), ranking.get("settings", {}), step=step)
                features = [self.data.features[i] for i in held_out]
                return {"scores": model.score(features, pool.of(held_out.tolist()))}

            key = fingerprints.of_part(ranking["ranker"], ranking.get("settings"), self.digest, known, rest.tolist())
            scores[np.isin(pool.video, held_out)] = self._kept(key, answer)["scores"]
        return scores

    def _kept(self, key: str, answer: Any) -> Kept:
        """The kept answer, or a new one; all processes go the same way."""
        found = peers.told(self.store.get(key, KEPT))
        if found is not None:
            return dict(found)
        made: Kept = answer()
        if peers.leads():
            self.store.put(key, KEPT, made)
        self.place.note(self.journal.told())
        return made


Kept = dict[str, Any]
_NOTHING = Candidate(0, 0.0).evidence


def _packed(answers: Answers) -> Kept:
    """Candidates as arrays, without their evidence: nothing is learned from it."""
    flat = [candidate for mine in answers for candidate in mine]
    return {
        "counts": np.array([len(mine) for mine in answers], np.int64),
        "tags": np.array([c.tag for c in flat], np.int64),
        "scores": np.array([c.score for c in flat], np.float64),
    }


def _unpacked(kept: Kept) -> list[list[Candidate]]:
    ends = np.cumsum(kept["counts"]).tolist()
    pairs = [Candidate(tag, score) for tag, score in zip(kept["tags"].tolist(), kept["scores"].tolist(), strict=True)]
    return [pairs[end - count : end] for end, count in zip(ends, kept["counts"].tolist(), strict=True)]
