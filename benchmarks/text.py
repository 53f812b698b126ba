"""Classes of sentences: BOW + CNN + attention, its parts alone, and TF-IDF with a linear SVM; KuaiRec's levels too."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from sklearn.svm import LinearSVC
from torch import Tensor

from benchmarks.sets import kuairec, labelled_text, seeds
from benchmarks.sets.labelled_text import Split
from ml.layers.descent import DescentConfig, descend
from ml.layers.grams import GramTable
from ml.layers.text_encoder import TextEncoder, TextEncoderConfig
from ml.layers.tokens import TokenTable, tokens
from ml.parts import silent


@dataclass(frozen=True)
class Variant:
    convolutions: bool = True
    attention: bool = True
    wide: bool = True


VARIANTS = {
    "bow_cnn_attention": Variant(),
    "cnn_attention": Variant(wide=False),
    "cnn": Variant(attention=False, wide=False),
    "bow": Variant(convolutions=False),
}
SVM = "tfidf_svm"
LONGEST = 64


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--folds", type=int, default=labelled_text.FOLDS, help="of 10 folds to run")
    parser.add_argument("--epochs", type=int, default=10)


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    data = seeds.required(options.data)
    files, figures = labelled_text.find(data), {}  # type: Any, dict[str, object]
    sets = {name: lambda seed, n=name: list(labelled_text.splits(n, files[n], seed, options.folds)) for name in files}
    if (data / "kuairec").is_dir():
        for level in (1, 2, 3):
            sets[f"kuairec_level{level}"] = lambda seed, n=level: [kuairec.as_texts(data / "kuairec", n)]
    variants = [*VARIANTS, SVM]
    for name in [n for n in sets if seeds.wanted(n, options.only, list(sets))]:
        for variant in [v for v in variants if seeds.wanted(v, options.only, variants)]:
            runs = range(options.seeds) if variant != SVM and len(sets[name](0)) == 1 else (0,)
            trials = [_trial(split, variant, seed, options.epochs) for seed in runs for split in sets[name](seed)]
            figures[f"{name} {variant}"] = seeds.summary(trials)
            print(name, variant, figures[f"{name} {variant}"], file=sys.stderr, flush=True)
    return figures


def _trial(split: Split, variant: str, seed: int, epochs: int) -> dict[str, float]:
    began = time.process_time()
    scores = _svm(split) if variant == SVM else _encoder(split, VARIANTS[variant], seed, epochs)
    order = np.argsort(-scores, axis=1, kind="stable")
    hits = order == split.test_labels[:, None]
    return {
        "top1": float(hits[:, 0].mean()),
        "top5": float(hits[:, :5].any(axis=1).mean()),
        "cpu_s": time.process_time() - began,
    }


def _svm(split: Split) -> NDArray[np.float64]:
    table = GramTable.count(split.train)
    model = LinearSVC(C=0.5).fit(table.encode(split.train), split.train_labels)
    judged = model.decision_function(table.encode(split.test))
    judged = np.stack([-judged, judged], axis=1) if judged.ndim == 1 else judged
    scores = np.full((len(judged), split.classes), -np.inf)
    scores[:, model.classes_] = judged
    return scores


def _encoder(split: Split, variant: Variant, seed: int, epochs: int) -> NDArray[np.float64]:
    torch.manual_seed(seed)
    words = [tokens(text) for text in split.train]
    table, grams = TokenTable.count(words), GramTable.count(split.train)
    config = TextEncoderConfig(
        tokens=len(table),
        out=split.classes,
        grams=len(grams) if variant.wide else 0,
        width=200 if variant.convolutions else 2,
        channels=100 if variant.convolutions else 1,
        attention=variant.attention,
        token_dropout=0.1,
        wide_dropout=0.3,
    )
    model = TextEncoder(config)
    rows, mask = table.encode(words, LONGEST)
    labels, bags = torch.from_numpy(split.train_labels), grams.encode(split.train)

    def loss(batch: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        length = max(1, int(mask[batch].sum(dim=1).max()))
        return F.cross_entropy(model(rows[batch, :length], mask[batch, :length], bags[batch]), labels[batch])

    descend(model, len(words), loss, DescentConfig(epochs, 1, 50, 2e-3, 1e-2, seed), silent)
    rows, mask = table.encode([tokens(text) for text in split.test], LONGEST)
    bags, parts = grams.encode(split.test), []
    with torch.inference_mode():
        for start in range(0, len(rows), 256):
            part = slice(start, start + 256)
            parts.append(model(rows[part], mask[part], bags[part]))
    return torch.cat(parts).double().numpy()
