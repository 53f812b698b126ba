"""Frames to one vector: mean, NetVLAD, NeXtVLAD, MixNeXtVLAD, gated attention on labelled series (`.ts`)."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import average_precision_score
from torch import Tensor, nn

from benchmarks.sets import seeds, series
from benchmarks.sets.series import Series
from ml.layers.batch_norm import BatchNorm
from ml.layers.descent import DescentConfig, descend
from ml.layers.gated_attention import GatedAttention, GatedAttentionConfig
from ml.layers.gating import SqueezeGate
from ml.layers.mixnextvlad import BranchConfig, MixConfig, MixNextVlad, masked_mean
from ml.layers.netvlad import NetVlad, NetVladConfig
from ml.layers.nextvlad import NextVlad, NextVladConfig
from ml.parts import silent
from ml.training.metrics import Ranked, gap

FRAME, HIDDEN = 32, 64  # widths of a frame and of a video vector
# Whether a frame is bent by ReLU before it is pooled, and the noise of training: the better of both in five-fold
# cross-validation of the training file (mean 0.978 bent, 0.954 not; NeXtVLAD 0.983 bent, 0.993 not). The rest follows.
BENT, NOISE = {"mean", "gated_attention"}, 0.3
TRAINING = DescentConfig(epochs=60, least_steps=800, batch=32, rate=4e-3, decay=1e-2)


class Mean(nn.Module):
    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        return masked_mean(frames, mask)


POOLS: dict[str, Callable[[], nn.Module]] = {
    "mean": Mean,
    "netvlad": lambda: NetVlad(NetVladConfig(FRAME, clusters=16, hidden=HIDDEN)),
    "nextvlad": lambda: NextVlad(NextVladConfig(FRAME, clusters=16, groups=4)),
    "gated_attention": lambda: GatedAttention(GatedAttentionConfig(FRAME, heads=8, hidden=32)),
}


class Pooled(nn.Module):
    """Three frames of context -> a frame vector -> a pool -> gated video vector -> classes."""

    def __init__(self, dimensions: int, classes: int, pool: nn.Module, bent: bool) -> None:
        super().__init__()
        self.enter, self.pool, self.bent = nn.Linear(3 * dimensions, FRAME), pool, bent
        width = pool(torch.zeros(1, 1, FRAME), torch.ones(1, 1, dtype=torch.bool)).shape[1]
        self.project = nn.Sequential(nn.Dropout(0.3), nn.Linear(width, HIDDEN, bias=False), BatchNorm(HIDDEN))
        self.gate, self.head = SqueezeGate(HIDDEN, 8), nn.Linear(HIDDEN, classes)

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        entered = self.enter(in_context(frames))
        pooled = self.pool(F.relu(entered) if self.bent else entered, mask)
        return self.head(self.gate(self.project(pooled)))

    def loss(self, frames: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(self(frames, mask), labels, label_smoothing=0.1)


class Mixed(nn.Module):
    """The same with the whole of MixNeXtVLAD behind the frame vector."""

    def __init__(self, dimensions: int, classes: int) -> None:
        super().__init__()
        self.enter, self.classes = nn.Linear(3 * dimensions, FRAME), classes
        branch = BranchConfig({"frames": FRAME}, classes, clusters=16, groups=4, hidden=HIDDEN, dropout=0.3)
        self.mix = MixNextVlad(MixConfig(branch, distillation=0.1))

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        return self.mix({"frames": self.enter(in_context(frames))}, {"frames": mask}).mixed

    def loss(self, frames: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        output = self.mix({"frames": self.enter(in_context(frames))}, {"frames": mask})
        return self.mix.loss(output, F.one_hot(labels, self.classes).float())


def in_context(frames: Tensor) -> Tensor:
    """(series, steps, dimensions) -> (series, steps, 3 * dimensions): each step between its neighbours."""
    before, after = F.pad(frames, (0, 0, 1, 0))[:, :-1], F.pad(frames, (0, 0, 0, 1))[:, 1:]
    return torch.cat([before, frames, after], dim=-1)


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 5)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    names = [*POOLS, "mixnextvlad"]
    for name, files in series.find(seeds.required(options.data)).items():
        train, test = series.read(*files)
        for pool in [p for p in names if seeds.wanted(p, options.only, names)]:
            trials = [trial(pool, train, test, seed) for seed in range(options.seeds)]
            figures[f"{name} {pool}"] = seeds.summary(trials)
            print(name, pool, figures[f"{name} {pool}"], file=sys.stderr, flush=True)
    return figures


def trial(pool: str, train: Series, test: Series, seed: int) -> dict[str, float]:
    torch.manual_seed(seed)
    began = time.process_time()
    dimensions, classes = train.values.shape[-1], int(train.labels.max()) + 1
    if pool == "mixnextvlad":
        model: Pooled | Mixed = Mixed(dimensions, classes)
    else:
        model = Pooled(dimensions, classes, POOLS[pool](), pool in BENT)
    labels = torch.from_numpy(train.labels)

    def loss(rows: np.ndarray, generator: torch.Generator) -> Tensor:
        frames = train.values[rows]
        noisy = frames + NOISE * torch.randn(frames.shape, generator=generator)
        return model.loss(noisy * train.mask[rows][..., None], train.mask[rows], labels[rows])

    descend(model, len(labels), loss, DescentConfig(**{**TRAINING.__dict__, "seed": seed}), silent)
    with torch.inference_mode():
        scores = torch.softmax(model(test.values, test.mask), dim=-1).numpy()
    truth = np.eye(classes)[test.labels]
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = [Ranked(s[o], t[o], 1) for s, t, o in zip(scores, truth, order, strict=True)]
    return {
        "accuracy": float((order[:, 0] == test.labels).mean()),
        "gap": gap(ranked),
        "map": float(average_precision_score(truth, scores, average="macro")),
        "parameters": float(sum(p.numel() for p in model.parameters())),
        "cpu_s": time.process_time() - began,
    }
