"""Speed: the share of each stage, the pipeline over raw forward passes, the search among vectors, what growth costs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

import faiss
import torch

from benchmarks.sets import seeds
from benchmarks.speeds import growth, vectors

PARTS = ("vectors", "growth", "stages")
COUNTS = (10_000, 100_000, 300_000, 1_000_000)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--only", action="append", help=f"one of {', '.join(PARTS)}; may be repeated")
    parser.add_argument("--vectors", type=int, action="append", help=f"counts to search among (default {COUNTS})")
    parser.add_argument("--ranker", default="contrastive.v1")
    parser.add_argument("--clips", type=int, default=200, help="of the stages")
    parser.add_argument("--seed", type=int, default=1)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    chosen = [part for part in PARTS if seeds.wanted(part, options.only, PARTS)]
    figures: dict[str, object] = {}
    if "stages" in chosen:
        figures["stages"] = _stages(options)
    if {"vectors", "growth"} & set(chosen):
        titles = vectors.seedlings(seeds.required(options.data))
        if "growth" in chosen:
            figures["growth"] = growth.figures(next(vectors.grown(titles, 50_000, seed=3)), options.ranker)
        if "vectors" in chosen:
            counts = options.vectors or COUNTS
            figures["vectors"] = {str(count): vectors.measure(titles, count) for count in counts}
    return figures


def _stages(options: Namespace) -> dict[str, object]:
    """The pipeline's benchmark, with the share that each stage has of it."""
    from benchmarks import pipeline

    told = pipeline.run(Namespace(clips=options.clips, seed=options.seed, data=None))
    stages = told["stages_cpu_s"]
    assert isinstance(stages, dict)
    spent = sum(stages.values())
    return told | {"shares": {name: round(seconds / spent, 3) for name, seconds in stages.items()}}
