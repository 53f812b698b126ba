"""Classification only, ranking all tags, recall then ranking: accuracy and tags a video."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from benchmarks.sets import recalling, seeds, tagged
from benchmarks.sets.judging import Scored, everything, figures
from benchmarks.sets.tagged import TaggedSet
from ml.parts import TrainingSet, find, silent
from ml.ranking import CALIBRATORS, RANKERS, Ranker
from ml.ranking.candidates import CandidatePool
from ml.training import folds

SETS = ("composed", "exercises", "kuairec")
CLASSIFIER = "classifier.v1"
RECALL = (
    "mentions.v1", CLASSIFIER, "fused_similarity.v1", "text_similarity.v1", "visual_similarity.v1",
    "sound_similarity.v1", "graph.v1",
)  # fmt: skip
BUDGET = 20
FEW = 200  # dev videos; with fewer the calibration learns from folds of the training videos too
Figures = dict[str, float]


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    data = seeds.required(options.data)
    found: dict[str, object] = {}
    for name in (n for n in tagged.present(data, SETS) if seeds.wanted(n, options.only, SETS)):
        trials: dict[str, list[Figures]] = {}
        for seed in range(options.seeds):
            began = time.process_time()
            for row, told in _trial(tagged.SETS[name](data, seed), seed):
                trials.setdefault(row, []).append(told)
                print(name, seed, row, told, f"{time.process_time() - began:.0f} s", file=sys.stderr, flush=True)
        found[name] = {row: seeds.summary(each) for row, each in trials.items()}
    return found


def _trial(videos: TaggedSet, seed: int) -> Iterator[tuple[str, Figures]]:
    parts = (videos.dev, videos.test)
    recallers = recalling.train(RECALL, videos.train, seed)
    every = [recalling.every_tag(recallers[CLASSIFIER], part) for part in parts]
    yield from _told("classification only", list(map(Scored, parts, every, [pool.scores[:, 0] for pool in every])))
    proposed = recalling.honest(recallers, videos.train, BUDGET, seed)
    pools = [recalling.proposed(recallers, part, BUDGET) for part in parts]
    few = len(videos.dev) < FEW
    blank = [np.zeros(len(pool), np.float32) for pool in (*pools, proposed)]
    alone = list(map(Scored, (*parts, videos.train), (*pools, proposed), blank))
    yield from _told("recall, calibration alone", alone[:2], alone[2] if few else None)
    for name in RANKERS:
        ranker = find(RANKERS, name).train(videos.train, proposed, {"seed": seed}, step=silent)
        if name != "multimodal.v1":  # made for the few that others leave
            yield from _told(f"ranking all tags, {name}", _scored(ranker, parts, [everything(p) for p in parts]))
        more = _folds(name, videos.train, proposed, seed) if few else None
        yield from _told(f"recall, then {name}", _scored(ranker, parts, pools), more)


def _told(row: str, scored: Sequence[Scored], more: Scored | None = None) -> Iterator[tuple[str, Figures]]:
    """One row a calibrator."""
    for calibrator in CALIBRATORS:
        yield f"{row}, {calibrator}", figures(scored[0], scored[1], more, calibrator)


def _scored(ranker: Ranker, parts: Sequence[TrainingSet], pools: Sequence[CandidatePool]) -> list[Scored]:
    return [Scored(part, pool, ranker.score(part.features, pool)) for part, pool in zip(parts, pools, strict=True)]


def _folds(name: str, data: TrainingSet, pool: CandidatePool, seed: int) -> Scored:
    """The training videos, scored by rankers that have not seen them: a small dev split alone is learned by heart."""
    scores = np.zeros(len(pool), np.float32)
    for rest, held_out in folds.splits(len(data), recalling.FOLDS):
        ranker = find(RANKERS, name).train(
            data.subset(rest.tolist()), pool.of(rest.tolist()), {"seed": seed}, step=silent
        )
        held = [data.features[i] for i in held_out]
        scores[np.isin(pool.video, held_out)] = ranker.score(held, pool.of(held_out.tolist()))
    return Scored(data, pool, scores)
