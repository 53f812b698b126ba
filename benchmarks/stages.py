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

SETS = ("composed", "exercises", "kuairec")
CLASSIFIER = "classifier.v1"
RECALL = (
    "mentions.v1", CLASSIFIER, "fused_similarity.v1", "text_similarity.v1", "visual_similarity.v1",
    "sound_similarity.v1", "graph.v1",
)  # fmt: skip
BUDGET = 20
Figures = dict[str, float]


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    data = seeds.required(options.data)
    rankers = [name for name in RANKERS if seeds.wanted(name, options.only, list(RANKERS))]
    found: dict[str, object] = {}
    for name in (n for n in tagged.present(data, SETS) if seeds.wanted(n, options.only, SETS)):
        trials: dict[str, list[Figures]] = {}
        for seed in range(options.seeds):
            began = time.process_time()
            for row, told in _trial(rankers, tagged.SETS[name](data, seed), seed):
                trials.setdefault(row, []).append(told)
                print(name, seed, row, told, f"{time.process_time() - began:.0f} s", file=sys.stderr, flush=True)
        found[name] = {row: seeds.summary(each) for row, each in trials.items()}
    return found


def _trial(rankers: Sequence[str], videos: TaggedSet, seed: int) -> Iterator[tuple[str, Figures]]:
    parts = (videos.dev, videos.test)
    recallers = recalling.train(RECALL, videos.train, seed)
    every = [recalling.every_tag(recallers[CLASSIFIER], part) for part in parts]
    yield from _told("classification only", list(map(Scored, parts, every, [pool.scores[:, 0] for pool in every])))
    proposed = recalling.honest(recallers, videos.train, BUDGET, seed)
    pools = [recalling.proposed(recallers, part, BUDGET) for part in parts]
    blank = [np.zeros(len(pool), np.float32) for pool in pools]
    yield from _told("recall, calibration alone", list(map(Scored, parts, pools, blank)))
    for name in rankers:
        ranker = find(RANKERS, name).train(videos.train, proposed, {"seed": seed}, step=silent)
        if name != "multimodal.v1":  # made for the few that others leave
            yield from _told(f"ranking all tags, {name}", _scored(ranker, parts, [everything(p) for p in parts]))
        yield from _told(f"recall, then {name}", _scored(ranker, parts, pools))


def _told(row: str, scored: Sequence[Scored]) -> Iterator[tuple[str, Figures]]:
    """One row a calibrator."""
    for calibrator in CALIBRATORS:
        yield f"{row}, {calibrator}", figures(scored[0], scored[1], calibrator)


def _scored(ranker: Ranker, parts: Sequence[TrainingSet], pools: Sequence[CandidatePool]) -> list[Scored]:
    return [Scored(part, pool, ranker.score(part.features, pool)) for part, pool in zip(parts, pools, strict=True)]
