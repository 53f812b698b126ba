"""Recallers over a tagged set, trained as a stack trains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ml.parts import TrainingSet, find, silent
from ml.pipeline import recall
from ml.ranking.candidates import CandidatePool
from ml.recall import RECALLERS, Recaller
from ml.training import folds
from ml.types import Candidate

FOLDS = 2
SEEDED = {"classifier.v1", "extraction.v1", "generation.v1", "hierarchical.v1"}
SETTINGS: dict[str, dict[str, Any]] = {  # sizes of ml/stacks/full.toml
    "extraction.v1": {"epochs": 2},
    "generation.v1": {"epochs": 6, "dim": 64},
    "hierarchical.v1": {"epochs": 6},
}


def train(names: Sequence[str], data: TrainingSet, seed: int) -> dict[str, Recaller]:
    """Those of the recallers that find their modalities in the set."""
    has = {"text"} | {m for m in ("frames", "sound") if any(getattr(f, m) is not None for f in data.features)}
    classes = {name: find(RECALLERS, name) for name in names}
    fitting = {name: cls for name, cls in classes.items() if set(cls.needs) <= has}
    return {name: cls.train(data, settings(name, seed), step=silent) for name, cls in fitting.items()}


def settings(name: str, seed: int) -> dict[str, Any]:
    return SETTINGS.get(name, {}) | ({"seed": seed} if name in SEEDED else {})


def proposed(recallers: Mapping[str, Recaller], part: TrainingSet, budget: int) -> CandidatePool:
    """What they propose for videos that they have not seen, `budget` candidates each."""
    return recall(recallers, dict.fromkeys(recallers, budget), part.features, part.vocabulary)


def honest(recallers: Mapping[str, Recaller], data: TrainingSet, budget: int, seed: int) -> CandidatePool:
    """What models of the same kind that have not seen them propose for the training videos."""
    answers: dict[str, list[list[Candidate]]] = {}
    for name, recaller in recallers.items():
        if recaller.excludes_self:
            answers[name] = recaller.recall(data.features, budget)
            continue
        answers[name] = [[] for _ in range(len(data))]
        for rest, held_out in folds.splits(len(data), FOLDS):
            model = type(recaller).train(data.subset(rest.tolist()), settings(name, seed), step=silent)
            found = model.recall([data.features[i] for i in held_out], budget)
            for i, mine in zip(held_out, found, strict=True):
                answers[name][i] = mine
    return CandidatePool.union(answers, data.vocabulary)


def every_tag(classifier: Recaller, part: TrainingSet) -> CandidatePool:
    """Every tag with the log-odds of a recaller whose scores are probabilities."""
    answers = classifier.recall(part.features, len(part.vocabulary))
    pool = CandidatePool.union({"classifier": answers}, part.vocabulary)
    share = np.clip(pool.scores, 1e-9, 1 - 1e-9)
    return replace(pool, scores=(np.log(share) - np.log1p(-share)).astype(np.float32))
