"""Link prediction by ComplEx-N3: filtered ranks of heads and tails, in folders with train, valid and test.txt."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
import torch

from benchmarks.sets import seeds
from ml.layers.complex_links import ComplexLinks, LinkConfig, Triples, learn, link_metrics, ranks
from ml.layers.descent import DescentConfig
from ml.parts import silent

PARTS = ("train", "valid", "test")


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--epochs", type=int, default=20)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    data = seeds.required(options.data)
    folders = [
        p.parent for p in sorted(data.rglob("train.txt")) if all((p.parent / f"{n}.txt").is_file() for n in PARTS)
    ]
    for folder in [f for f in folders if seeds.wanted(f.name, options.only, [f.name for f in folders])]:
        trials = [_trial(folder, seed, options.epochs) for seed in range(options.seeds)]
        figures[folder.name] = seeds.summary(trials)
        print(folder.name, figures[folder.name], file=sys.stderr, flush=True)
    return figures


def _trial(folder: Path, seed: int, epochs: int) -> dict[str, float]:
    torch.manual_seed(seed)
    began = time.process_time()
    parts, entities, relations = _read(folder)
    model = ComplexLinks(LinkConfig(entities, relations, rank=128, strength=0.01))
    learn(model, parts["train"], DescentConfig(epochs, 1, 256, 0.1, 0.0, seed), silent)
    known = np.concatenate(list(parts.values()))
    return link_metrics(ranks(model, parts["test"], known)) | {
        "valid_mrr": link_metrics(ranks(model, parts["valid"], known))["mrr"],
        "cpu_s": time.process_time() - began,
    }


def _read(folder: Path) -> tuple[dict[str, Triples], int, int]:
    lines = {part: (folder / f"{part}.txt").read_text(encoding="utf-8").split("\n") for part in PARTS}
    facts = {part: [line.split("\t") for line in found if line.strip()] for part, found in lines.items()}
    every = [fact for found in facts.values() for fact in found]
    entities = {name: i for i, name in enumerate(sorted({x for head, _, tail in every for x in (head, tail)}))}
    relations = {name: i for i, name in enumerate(sorted({relation for _, relation, _ in every}))}
    rows = {
        part: np.array([(entities[h], relations[r], entities[t]) for h, r, t in found]) for part, found in facts.items()
    }
    return rows, len(entities), len(relations)
