"""Recall of each recaller and of their union at one number of candidates, and what each adds to the others."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace

import numpy as np
import torch

from benchmarks.sets import recalling, seeds, tagged
from benchmarks.sets.tagged import TaggedSet
from ml.parts import TrainingSet
from ml.ranking.candidates import CandidatePool
from ml.ranking.first_scorer import FirstScorer
from ml.ranking.shortlist import best
from ml.recall import RECALLERS
from ml.types import Array

SETS = ("composed", "exercises", "kuairec")
BUDGET = {"composed": 10, "exercises": 10, "kuairec": 20}  # a quarter of the tags, or a twentieth
RANK = 60.0  # of reciprocal rank fusion (Cormack, Clarke & Büttcher 2009)
Trial = dict[str, dict[str, float]]  # row of the table -> figures


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    data = seeds.required(options.data)
    names = [name for name in RECALLERS if seeds.wanted(name, options.only, list(RECALLERS))]
    figures: dict[str, object] = {}
    for name in (n for n in tagged.present(data, SETS) if seeds.wanted(n, options.only, SETS)):
        trials = []
        for seed in range(options.seeds):
            trials.append(_trial(names, tagged.SETS[name](data, seed), BUDGET[name], seed))
            print(name, seed, trials[-1], file=sys.stderr, flush=True)
        rows = {row: seeds.summary([trial[row] for trial in trials]) for row in trials[0]}
        figures[name] = {"candidates": BUDGET[name], **rows}
    return figures


def _trial(names: list[str], videos: TaggedSet, budget: int, seed: int) -> Trial:
    began = time.process_time()
    recallers = recalling.train(names, videos.train, seed)
    dev, test = (recalling.proposed(recallers, part, budget) for part in (videos.dev, videos.test))
    return table(dev, test, videos, budget) | {"time": {"cpu_s": time.process_time() - began}}


def table(dev: CandidatePool, test: CandidatePool, videos: TaggedSet, budget: int) -> Trial:
    """One row a recaller: its recall, and what the union loses without it, whole and cut to the budget."""
    names = dev.recallers
    found: Trial = {name: {"recall": _recall(_of(test, [name]), videos.test)} for name in names}
    whole, cut = _recall(test, videos.test), _cut(dev, test, videos, budget)
    for name, row in found.items():
        others = [other for other in names if other != name]
        row["adds"] = whole - _recall(_of(test, others), videos.test)
        row["adds_cut"] = cut - _cut(_of(dev, others), _of(test, others), videos, budget)
    fused = test.where(_kept(test, _reciprocal(test), budget))
    found["union, by reciprocal rank"] = {"recall": _recall(fused, videos.test)}
    found["union, by the first scorer"] = {"recall": cut}
    found["union, all"] = {"recall": whole, "candidates": len(test) / len(videos.test)}
    return found


def _recall(pool: CandidatePool, part: TrainingSet) -> float:
    """Mean over videos with tags of the share of these that is among the candidates."""
    hits = np.bincount(pool.video, pool.look_up(part.positive), minlength=len(part))
    truths = np.array([len(tags) for tags in part.tags])
    return float((hits[truths > 0] / truths[truths > 0]).mean())


def _of(pool: CandidatePool, names: list[str]) -> CandidatePool:
    """What these recallers propose."""
    columns = [pool.recallers.index(name) for name in names]
    scores = pool.scores[:, columns]
    said = ~np.isnan(scores).all(axis=1)
    part = pool.where(said)
    return CandidatePool(tuple(names), part.videos, part.video, part.column, scores[said], part.evidence)


def _cut(dev: CandidatePool, test: CandidatePool, videos: TaggedSet, budget: int) -> float:
    """Recall of the union cut to the budget by a regression that the dev videos taught."""
    scorer = FirstScorer.fit(videos.dev, dev)
    return _recall(test.where(_kept(test, scorer.logits(test), budget)), videos.test)


def _kept(pool: CandidatePool, scores: Array, budget: int) -> np.ndarray:  # type: ignore[type-arg]
    kept = np.zeros(len(pool), bool)
    kept[best(pool, scores, budget)] = True
    return kept


def _reciprocal(pool: CandidatePool) -> Array:
    """Sum over recallers of 1 / (60 + rank within the video)."""
    total = np.zeros(len(pool), np.float32)
    for scores in pool.scores.T:
        said = np.flatnonzero(~np.isnan(scores))
        order = said[np.lexsort((-scores[said], pool.video[said]))]
        video = pool.video[order]
        rank = np.arange(len(order)) - np.searchsorted(video, video) + 1
        total[order] += 1 / (RANK + rank)
    return total
