"""Hierarchical classification: HMCN-F and DHMCN against a flat network, on ARFF sets and on KuaiRec's categories."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.sets import hierarchies, kuairec, seeds
from benchmarks.sets.hierarchies import HierarchySet
from ml.layers.batch_norm import BatchNorm
from ml.layers.descent import DescentConfig, descend
from ml.layers.dhmcn import Dhmcn, DhmcnConfig
from ml.layers.leaf_embedding import LeafEmbedding
from ml.layers.tree_leaves import TreeConfig, TreeLeaves
from ml.parts import silent
from ml.training.hierarchy_metrics import hierarchical_precision_recall_f, pooled_average_precision, violations
from ml.types import Array

VARIANTS = ("flat", "hmcn", "v1", "v2", "v3", "v3_leaves")
BATCH = 64


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn; chosen on rows to learn from (--inner, or the file that is made for it)."""

    epochs: int = 20
    dense: int | None = None  # epochs of V2 and V3 where these know the rows by heart sooner
    rate: float = 3e-3
    warm: bool = True  # whether heads begin at the share of each class; on enron they end better from nothing
    noise: float = 0.0  # deviation of what is added to the standardised rows while learning (Bishop 1995)
    reach: float | None = None  # standardised values beyond it are cut: rare words of enron stand at 20 and more

    def epochs_of(self, variant: str) -> int:
        return self.dense if self.dense and variant[:2] in ("v2", "v3") else self.epochs


PLANS = {
    "cellcycle_fun": Plan(noise=0.4),
    "eisen_fun": Plan(noise=0.2),
    "enron": Plan(25, warm=False, noise=0.8, reach=3.0),
    "imclef07a": Plan(30, rate=1e-3, noise=0.1),
    "kuairec": Plan(8),
    "seq_fun": Plan(12, dense=8, noise=0.3),
}
TREE_SHARE = 0.4  # of the videos that the trees are fitted on


class Flat(nn.Module):
    """Two hidden layers that know nothing of the hierarchy."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        layer = lambda w: (nn.Linear(w, 384), nn.ReLU(), BatchNorm(384), nn.Dropout(0.6))
        self.body = nn.Sequential(*layer(width), *layer(384), nn.Linear(384, classes))

    @torch.no_grad()
    def start(self, share: Tensor) -> None:
        self.body[-1].bias.copy_(torch.logit(share.clamp(1e-4, 0.5)))

    def forward(self, rows: Tensor) -> Tensor:
        return torch.sigmoid(self.body(rows))

    def parts(self, rows: Tensor) -> dict[str, Tensor]:
        return {"answer": self.body(rows)}

    def loss(self, parts: dict[str, Tensor], target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(parts["answer"], target)


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--epochs", type=int, help="instead of the set's own number")
    parser.add_argument("--inner", action="store_true", help="judge on a quarter of the rows to learn from")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    data = seeds.required(options.data)
    found = {name: lambda files=files: hierarchies.read(files) for name, files in hierarchies.find(data).items()}
    if (data / "kuairec").is_dir():
        found["kuairec"] = lambda: kuairec.as_hierarchy(data / "kuairec")
    figures: dict[str, object] = {}
    for name in [n for n in found if seeds.wanted(n, options.only, list(found))]:
        files = found[name]().inner() if options.inner else found[name]()
        plan = PLANS.get(name, Plan())
        if options.epochs:
            plan = replace(plan, epochs=options.epochs, dense=None)
        for variant in [v for v in VARIANTS if seeds.wanted(v, options.only, VARIANTS)]:
            answers = [_trial(files, variant, seed, plan) for seed in range(options.seeds)]
            figures[f"{name} {variant}"] = result = seeds.summary([figures_ for _, figures_ in answers])
            together = files.graph.coherent(np.mean([scores for scores, _ in answers], axis=0))
            result["au_prc_of_all_seeds_coherent"] = pooled_average_precision(together, files.test_labels)
            print(name, variant, result, file=sys.stderr, flush=True)
    return figures


def _trial(files: HierarchySet, variant: str, seed: int, plan: Plan) -> tuple[NDArray[np.float64], dict[str, float]]:
    began = time.process_time()
    scores = _train(files, variant, seed, plan)
    precision, recall, f = hierarchical_precision_recall_f(scores > 0.5, files.test_labels, files.graph)
    coherent = files.graph.coherent(scores)
    return scores, {
        "au_prc": pooled_average_precision(scores, files.test_labels),
        "au_prc_coherent": pooled_average_precision(coherent, files.test_labels),
        "hp": precision,
        "hr": recall,
        "hf": f,
        "violations_a_row": violations(scores, files.graph) / len(scores),
        "cpu_s": time.process_time() - began,
    } | _levels(scores, files)


def _levels(scores: NDArray[np.float64], files: HierarchySet) -> dict[str, float]:
    """Where every row has one path: how often the first and one of the first five classes of a level is right."""
    if files.test_labels[:, files.graph.levels[0]].sum(axis=1).max() > 1:
        return {}
    found = {}
    for number, classes in enumerate(files.graph.levels, start=1):
        truth = files.test_labels[:, classes]
        judged = truth.any(axis=1)
        order = np.argsort(-scores[:, classes], axis=1, kind="stable")
        hits = np.take_along_axis(truth, order, axis=1)[judged]
        found |= {f"level{number}_top{k}": float(hits[:, :k].any(axis=1).mean()) for k in (1, 5)}
    return found


def _train(files: HierarchySet, variant: str, seed: int, plan: Plan) -> NDArray[np.float64]:
    """Probabilities (rows, classes) of the test part."""
    torch.manual_seed(seed)
    train, test = _standardised(files.train, files.test, plan.reach)
    target = torch.from_numpy(files.train_labels.astype(np.float32))
    leaves = _Leaves(files, seed) if variant.endswith("_leaves") else None
    width, name = train.shape[1], variant.removesuffix("_leaves")
    net = Flat(width, len(files.graph)) if name == "flat" else Dhmcn(DhmcnConfig(width, name), files.graph)
    if plan.warm:
        net.start(target.mean(dim=0))
    model = nn.ModuleList([net, *([leaves.embed(width)] if leaves else [])])

    def read(rows: Tensor, part: str, index: NDArray[np.int64] | slice) -> Tensor:
        return rows[index] if leaves is None else rows[index] + leaves.read(model[1], part, index)

    def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        shown = read(train, "train", rows)
        shown = shown + plan.noise * torch.randn_like(shown) if plan.noise else shown
        return net.loss(net.parts(shown), target[rows])

    descend(model, len(train), loss, DescentConfig(plan.epochs_of(variant), 1, BATCH, plan.rate, 1e-4, seed), silent)
    with torch.inference_mode():
        return net(read(test, "test", slice(None))).double().numpy()


class _Leaves:
    """Trees fitted on a share of the rows; of those rows the network learns without leaves."""

    def __init__(self, files: HierarchySet, seed: int) -> None:
        rows = len(files.train)
        fold = np.random.default_rng(seed).permutation(rows)[: int(TREE_SHARE * rows)]
        self.trees = TreeLeaves.fit(files.train[fold], files.train_labels[fold], TreeConfig(seed=seed))
        self.leaves = {p: torch.from_numpy(self.trees.find(getattr(files, p))) for p in ("train", "test")}
        self.known = {p: torch.ones(len(found), 1, dtype=torch.bool) for p, found in self.leaves.items()}
        self.known["train"][fold] = False

    def embed(self, width: int) -> LeafEmbedding:
        return LeafEmbedding(self.trees.count, width)

    def read(self, embed: nn.Module, part: str, index: NDArray[np.int64] | slice) -> Tensor:
        embedded: Tensor = embed(self.leaves[part][index], self.known[part][index])
        return embedded


def _standardised(train: Array, test: Array, reach: float | None) -> tuple[Tensor, Tensor]:
    """By the training rows; what is unknown stands at the mean."""
    mean, spread = np.nanmean(train, axis=0), np.nanstd(train, axis=0)
    scale = np.where(spread > 1e-6, spread, 1.0)
    turned = [np.nan_to_num((rows - mean) / scale).astype(np.float32) for rows in (train, test)]
    first, second = (torch.from_numpy(rows if reach is None else rows.clip(-reach, reach)) for rows in turned)
    return first, second
