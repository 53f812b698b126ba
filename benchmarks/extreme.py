"""Many tags: the stack's classifier and its similarity recall, alone and fused; precision at 1, 3 and 5."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.sets import many_labels, seeds
from benchmarks.sets.many_labels import ManyLabels
from ml.layers.selection import top
from ml.parts import TrainingSet, silent
from ml.recall.classifier import ClassifierRecaller
from ml.recall.text_similarity import TextSimilarity
from ml.types import Array, Candidate, Features, Tag, VideoInput, Vocabulary

CUTS = (1, 3, 5)
BUDGET = 60  # candidates a row of each recaller
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """Settings of one set, chosen on a part of the rows that the first split learns from."""

    networks: int = 2  # classifiers under different seeds, averaged
    share: float = 0.35  # of the similar rows' vote in the fused score
    classifier: Mapping[str, Any] = field(default_factory=dict)
    similarity: Mapping[str, Any] = field(default_factory=dict)


# gamma 0 and clip 0 make the asymmetric loss a binary cross entropy: labels are complete here.
_NETWORK = {"gamma": 0.0, "clip": 0.0, "modality_dropout": 0.0, "dim": 768, "dropout": 0.5, "rate": 1e-3, "epochs": 12}
_NEIGHBOURS = {"neighbours": 40, "power": 3.0, "rarity": 0.0, "same": 2.0}  # 2.0: every row counts, copies too
SETTINGS = {
    "delicious": Trial(classifier=_NETWORK, similarity=_NEIGHBOURS),
    "corel5k": Trial(classifier=_NETWORK, similarity={**_NEIGHBOURS, "neighbours": 80, "power": 2.0}),
}


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 10)
    parser.add_argument("--inner", action="store_true", help="judge on a part of the rows to learn from")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    found = many_labels.find(seeds.required(options.data))
    for name in [n for n in found if seeds.wanted(n, options.only, list(found))]:
        trials: dict[str, list[dict[str, float]]] = {}
        for seed in range(options.seeds):
            rows = many_labels.split(found[name], seed)
            judged = _trial(rows.inner() if options.inner else rows, SETTINGS.get(name, Trial()), seed)
            for variant, precision in judged.items():
                trials.setdefault(variant, []).append(precision)
            print(name, seed, judged, file=sys.stderr, flush=True)
        figures |= {f"{name} {variant}": seeds.summary(each) for variant, each in trials.items()}
    return figures


def _trial(rows: ManyLabels, trial: Trial, seed: int) -> dict[str, dict[str, float]]:
    """Variant -> P@k in per cent, and CPU seconds."""
    data, asked = _training_set(rows), _features(rows.test, len(rows.train))
    began = time.process_time()
    alone: list[Scores] = []
    for number in range(trial.networks):
        settings = {**trial.classifier, "seed": 100 * seed + number}
        network = ClassifierRecaller.train(data, settings, step=silent)
        alone.append(_matrix(network.recall(asked, BUDGET), rows))
    networks = time.process_time() - began
    similar = _votes(TextSimilarity.train(data, trial.similarity, step=silent), asked, rows)
    spent = time.process_time() - began
    together = np.mean(alone, axis=0)
    return {
        "one network": _precision(alone[0], rows.test_labels) | {"cpu_s": networks / trial.networks},
        f"{trial.networks} networks": _precision(together, rows.test_labels) | {"cpu_s": networks},
        "similarity": _precision(similar, rows.test_labels) | {"cpu_s": spent - networks},
        "fused": _precision((1 - trial.share) * together + trial.share * similar, rows.test_labels) | {"cpu_s": spent},
    }


def _votes(recaller: TextSimilarity, asked: Sequence[Features], rows: ManyLabels) -> Scores:
    """Each tag's share of what the similar rows could give at most."""
    votes = _matrix(recaller.recall(asked, BUDGET), rows)
    likeness, _ = recaller.index.search(np.stack([f.text for f in asked]), recaller.config.neighbours)
    most = (np.maximum(likeness, 0.0) ** recaller.config.power).sum(axis=1, keepdims=True)
    shares: Scores = votes / np.maximum(most, 1e-9)
    return shares


def _matrix(answers: Sequence[Sequence[Candidate]], rows: ManyLabels) -> Scores:
    """(rows, tags), 0 where a tag was not proposed."""
    scores = np.zeros((len(answers), rows.train_labels.shape[1]))
    for row, candidates in zip(scores, answers, strict=True):
        row[[candidate.tag for candidate in candidates]] = [candidate.score for candidate in candidates]
    return scores


def _precision(scores: Scores, true: NDArray[np.bool_]) -> dict[str, float]:
    hits = [row[columns] for row, columns in zip(true, top(scores, max(CUTS)), strict=True)]
    return {f"p@{k}": 100 * float(np.mean([found[:k].sum() / k for found in hits])) for k in CUTS}


def _training_set(rows: ManyLabels) -> TrainingSet:
    tags = rows.train_labels.shape[1]
    vocabulary = Vocabulary(tuple(Tag(number, f"tag {number}") for number in range(tags)))
    said = [frozenset(np.flatnonzero(row).tolist()) for row in rows.train_labels]
    nameless = np.zeros((tags, 0), np.float32)
    return TrainingSet(vocabulary, nameless, _features(rows.train, 0), said, [frozenset()] * len(said))


def _features(rows: Array, first: int) -> list[Features]:
    """Each row in the place of a text's vector, L2-normalised as those are."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return [Features(VideoInput(first + i), text=row) for i, row in enumerate((rows / lengths).astype(np.float32))]
