"""Modalities to one vector on composed clips: each alone, concatenation, low-rank fusion, CentralNet."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from torch import Tensor, nn

from benchmarks.sets import composed, seeds
from benchmarks.sets.composed import Clips
from ml.layers.centralnet import Central, CentralConfig, CentralNet, central_loss
from ml.layers.descent import DescentConfig, descend
from ml.layers.fusion import KINDS, Fusion, FusionConfig
from ml.layers.inputs import MODALITIES, Inputs, Widths
from ml.parts import silent
from ml.training.metrics import Ranked, gap

DIM = 256


class Tagged(nn.Module):
    """The stack's fusion with a linear head."""

    def __init__(self, widths: Widths, tags: int, kind: str) -> None:
        super().__init__()
        self.fusion, self.head = Fusion(FusionConfig(widths, dim=DIM, kind=kind)), nn.Linear(DIM, tags)

    def forward(self, clips: Inputs) -> Central:
        return Central(self.head(self.fusion(clips)), {})


class Published(nn.Module):
    """CentralNet as published, with a head of its own for each modality."""

    def __init__(self, widths: Widths, tags: int) -> None:
        super().__init__()
        self.norms = nn.ModuleDict({name: nn.LayerNorm(width) for name, width in widths.items()})
        self.net = CentralNet(CentralConfig(widths, tags, DIM))

    def forward(self, clips: Inputs) -> Central:
        return self.net({name: norm(clips.vectors[name]) for name, norm in self.norms.items()}, clips.present)


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 5)
    parser.add_argument("--inner", action="store_true", help="judge on a quarter of the clips to learn from")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    sources = composed.read(seeds.required(options.data))
    variants = [*MODALITIES, *KINDS]
    figures: dict[str, object] = {}
    for variant in [v for v in variants if seeds.wanted(v, options.only, variants)]:
        trials = []
        for seed in range(options.seeds):
            train, test = composed.compose(sources, seed)
            if options.inner:
                train, test = train.parted(seed)
            trials.append(_trial(variant, train, test, seed))
        figures[variant] = seeds.summary(trials)
        print(variant, figures[variant], file=sys.stderr, flush=True)
    return figures


def _trial(variant: str, train: Clips, test: Clips, seed: int) -> dict[str, float]:
    torch.manual_seed(seed)
    began = time.process_time()
    if variant in MODALITIES:
        train, test = train.only(variant), test.only(variant)
    kind = variant if variant in KINDS else "concat"
    shape = {name: vectors.shape[1] for name, vectors in train.inputs.vectors.items()}
    model = Published(shape, train.labels.shape[1]) if kind == "central" else Tagged(shape, train.labels.shape[1], kind)
    target = torch.from_numpy(train.labels)

    def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        batch = train.inputs.rows(rows)
        each = lambda logits: F.binary_cross_entropy_with_logits(logits, target[rows], reduction="none").sum(-1)
        return central_loss(model(batch), batch.present, each)

    descend(model, len(target), loss, DescentConfig(40, 1, 32, 3e-3, 1e-2, seed), silent)
    with torch.inference_mode():
        scores = torch.sigmoid(model(test.inputs).fused).numpy()
    order = np.argsort(-scores, axis=1, kind="stable")
    rows = zip(scores, test.labels, order, strict=True)
    ranked = [Ranked(s[o], t[o], int(t.sum())) for s, t, o in rows]
    said = test.labels.any(axis=0)  # average precision of a tag nobody has is not defined
    return {
        "gap": gap(ranked),
        "map": float(average_precision_score(test.labels[:, said], scores[:, said], average="macro")),
        "micro_ap": float(average_precision_score(test.labels.ravel(), scores.ravel())),
        "cpu_s": time.process_time() - began,
    }
