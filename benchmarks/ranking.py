"""Negatives of the contrastive ranker: none (classifier alone), 10, 400, 400 with two-hop hard ones."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

import torch

from benchmarks.sets import recalling, seeds, tagged
from benchmarks.sets.judging import Scored, everything, figures
from benchmarks.sets.tagged import TaggedSet
from ml.parts import find, silent
from ml.ranking import RANKERS
from ml.ranking.candidates import CandidatePool
from ml.recall import Recaller
from ml.types import Array

SETS = ("kuairec", "youtube")  # those with hundreds of tags: 400 negatives are all tags and more elsewhere
CLASSIFIER = "classifier.v1"

# Only the negatives differ. Tags of the batch's other videos and proposed ones would make 10 into some hundred.
PLAIN = {"hard": 0.0, "in_batch": False, "proposed": 0.0}
VARIANTS: dict[str, dict[str, Any]] = {
    "classifier": {},
    "10": PLAIN | {"negatives": 10},
    "400": PLAIN | {"negatives": 400},
    "400+hard": PLAIN | {"negatives": 400, "hard": 0.3},
    "400+hard, unguarded": PLAIN | {"negatives": 400, "hard": 0.3, "margin": None, "likely": 1.0},
    "400+proposed": PLAIN | {"negatives": 400, "proposed": 0.5},
}


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    data = seeds.required(options.data)
    found: dict[str, object] = {}
    for name in (n for n in tagged.present(data, SETS) if seeds.wanted(n, options.only, SETS)):
        trials: dict[str, list[dict[str, float]]] = {}
        for seed in range(options.seeds):
            videos = tagged.SETS[name](data, seed)
            recallers = recalling.train([CLASSIFIER], videos.train, seed)
            pool = recalling.honest(recallers, videos.train, 30, seed)  # the teacher of hard negatives
            for variant in (v for v in VARIANTS if seeds.wanted(v, options.only, list(VARIANTS))):
                trials.setdefault(variant, []).append(_trial(variant, videos, recallers, pool, seed))
                print(name, variant, seed, trials[variant][-1], file=sys.stderr, flush=True)
        found[name] = {variant: seeds.summary(each) for variant, each in trials.items()}
    return found


def _trial(
    variant: str, videos: TaggedSet, recallers: Mapping[str, Recaller], pool: CandidatePool, seed: int
) -> dict[str, float]:
    """All tags are ranked, so that nothing but the ranker counts."""
    began, parts = time.process_time(), (videos.dev, videos.test)
    if variant == "classifier":
        pools = [recalling.every_tag(recallers[CLASSIFIER], part) for part in parts]
        scores: list[Array] = [judged.scores[:, 0] for judged in pools]
    else:
        pools = [everything(part) for part in parts]
        settings = {"seed": seed} | VARIANTS[variant]
        ranker = find(RANKERS, "nextvlad.v1").train(videos.train, pool, settings, step=silent)
        scores = [ranker.score(part.features, judged) for part, judged in zip(parts, pools, strict=True)]
    spent = time.process_time() - began
    return figures(*map(Scored, parts, pools, scores)) | {"cpu_s": spent}
