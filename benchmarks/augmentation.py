"""A small backbone on photos of exercises: attention cropping and dropping, MoCo and SimCLR, against none of them."""

from __future__ import annotations

import dataclasses
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from torch import Tensor, nn

from benchmarks.sets import photos, seeds
from benchmarks.sets.photos import Photos
from ml.layers.backbone import BackboneConfig, normalised, save
from ml.modality import backbone_training
from ml.modality.backbone_training import Schedule
from ml.parts import silent
from ml.pretraining import frame_training
from ml.pretraining.clip_frames import ClipFrames
from ml.pretraining.frame_settings import FrameSettings
from ml.training.metrics import Ranked, gap
from ml.types import Array

CONFIG = BackboneConfig.of("test_resnet", 64)
PLAIN = Schedule(steps=200, epochs=1)
LONG = dataclasses.replace(PLAIN, steps=600)
PRETRAINING = FrameSettings(size=CONFIG.size, steps=300, batch=64, queue=512)
NEIGHBOURS = 20

# How each is trained, and what its backbone starts from.
VARIANTS: dict[str, tuple[Schedule, str | None]] = {
    "none": (PLAIN, None),
    "none, three times as long": (LONG, None),
    "attention": (dataclasses.replace(PLAIN, augmentation="attention"), None),
    "attention, three times as long": (dataclasses.replace(LONG, augmentation="attention"), None),
    "moco": (PLAIN, "moco"),
    "simclr": (PLAIN, "simclr"),
}


@dataclasses.dataclass(frozen=True)
class Split:
    """Exercises: a fifth for the test; of the rest a share has labels, and all of it is there to pretrain on."""

    test: NDArray[np.int64]
    train: NDArray[np.int64]
    labelled: NDArray[np.int64]

    @classmethod
    def drawn(cls, exercises: int, share: float, seed: int) -> Split:
        order = np.random.default_rng(seed).permutation(exercises)
        test, train = np.split(order, [exercises // 5])
        return cls(test, train, train[: round(share * len(train))])


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--labelled", type=float, default=0.35, help="share of the training exercises that have tags")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    data, names = photos.read(seeds.required(options.data), CONFIG.size), [*VARIANTS]
    figures: dict[str, object] = {}
    with TemporaryDirectory() as folder:
        for name in [n for n in names if seeds.wanted(n, options.only, names)]:
            trials = []
            for seed in range(options.first, options.first + options.seeds):
                split = Split.drawn(len(data.tags), options.labelled, seed)
                trials.append(_trial(name, data, split, Path(folder), seed))
                print(name, seed, trials[-1], file=sys.stderr, flush=True)
            figures[name] = seeds.summary(trials)
    return figures


def _trial(name: str, data: Photos, split: Split, folder: Path, seed: int) -> dict[str, float]:
    schedule, method = VARIANTS[name]
    began = time.process_time()
    warm = None if method is None else _pretrained(method, data, split, folder, seed)
    rows = data.of(split.labelled)
    model = backbone_training.fitted(
        data.pictures[rows],
        data.tags[data.owners[rows]],
        config=CONFIG,
        schedule=dataclasses.replace(schedule, seed=seed),
        warm=warm,
        step=silent,
    )
    spent = time.process_time() - began
    return _judged(model, data, split) | {"cpu_s": spent}


def _pretrained(method: str, data: Photos, split: Split, folder: Path, seed: int) -> Path:
    """Of one method and seed once: several variants start from it."""
    out = folder / f"{method} {seed}"
    if not out.exists():
        rows = data.of(split.train)
        settings = dataclasses.replace(PRETRAINING, method=method, seed=seed)
        save(frame_training.learn(ClipFrames(data.pictures[rows], data.owners[rows]), settings, silent), CONFIG, out)
    return out


def _judged(model: Any, data: Photos, split: Split) -> dict[str, float]:
    """By the classifier, and by the tags of the labelled exercises whose features are nearest."""
    said = data.tags[split.test]
    scores = _by_exercise(model.judged, data, split.test)
    near = _by_exercise(model.backbone, data, split.test) @ _by_exercise(model.backbone, data, split.labelled).T
    return _measured(scores, said) | {
        f"{name}, neighbours": value for name, value in _measured(_votes(near, data.tags[split.labelled]), said).items()
    }


def _by_exercise(look: Callable[[Tensor], Tensor], data: Photos, exercises: NDArray[np.int64]) -> Array:
    """Mean over the photos of each exercise; features are centred and have length 1."""
    rows = data.of(exercises)
    with torch.inference_mode():
        parts = [look(normalised(part, CONFIG, "cpu")).numpy() for part in np.array_split(data.pictures[rows], 40)]
    seen = np.concatenate(parts)
    if isinstance(look, nn.Module):
        seen = seen - seen.mean(axis=0)
        seen = seen / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-9)
    return np.stack([seen[data.owners[rows] == exercise].mean(axis=0) for exercise in exercises])


def _votes(likeness: Array, tags: Array) -> Array:
    floor = np.sort(likeness, axis=1)[:, -NEIGHBOURS][:, None]
    return np.where(likeness >= floor, np.maximum(likeness, 0.0) ** 2, 0.0) @ tags


def _measured(scores: Array, said: Array) -> dict[str, float]:
    order = np.argsort(-scores, axis=1, kind="stable")
    shares = 1 / (1 + np.exp(-scores))
    ranked = [Ranked(s[o], t[o], int(t.sum())) for s, t, o in zip(shares, said, order, strict=True)]
    known = said.any(axis=0)
    return {
        "gap": gap(ranked),
        "map": float(average_precision_score(said[:, known], scores[:, known], average="macro")),
    }
