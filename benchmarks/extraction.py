"""Phrases in texts: entity F1 of (BERT-)BiLSTM-CRF, alone and with what stands around characters, on BMES files."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from benchmarks.sets import bmes, seeds
from ml.layers import spans
from ml.layers.descent import DescentConfig
from ml.layers.phrase_finder import FinderConfig, PhraseFinder
from ml.parts import silent

LONGEST = 256
BERT = {
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 256,
    "max_position_embeddings": LONGEST,
}


@dataclass(frozen=True)
class Variant:
    shape: FinderConfig
    epochs: int
    ahead: int = 0  # epochs in which a BERT guesses hidden characters of the same texts first
    rate: float = 2e-3
    swap: float = 0.5  # share of the texts shown with other phrases of the same kinds


# Beside what stands around a character a small LSTM does, and it learns in fewer epochs.
AROUND = FinderConfig(width=64, hidden=64, longest=LONGEST)
WITH_BERT = FinderConfig(BERT, longest=LONGEST, around=False)
VARIANTS = {
    "around": Variant(AROUND, 6),
    "bert_around": Variant(replace(AROUND, bert=BERT), 6, ahead=10, rate=1e-3),
    "around_as_they_are": Variant(AROUND, 6, swap=0.0),
    "bilstm_crf": Variant(FinderConfig(longest=LONGEST, around=False), 12, swap=0.0),
    "bert_bilstm_crf": Variant(WITH_BERT, 12, ahead=10, rate=1e-3),
    "bert_bilstm_crf_from_scratch": Variant(WITH_BERT, 12, rate=1e-3),
}


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 2)
    parser.add_argument("--epochs", type=int, help="instead of each variant's own number")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    for name, files in bmes.find(seeds.required(options.data)).items():
        for variant in [v for v in VARIANTS if seeds.wanted(v, options.only, list(VARIANTS))]:
            trials, finders = [], []
            for seed in range(options.seeds):
                began = time.process_time()
                finders.append(_taught(files["train"], variant, seed, options.epochs))
                trials.append(_judged(finders[-1], files) | {"cpu_s": time.process_time() - began})
                print(name, variant, trials[-1], file=sys.stderr, flush=True)
            figures[f"{name} {variant}"] = seeds.summary(trials)
            if len(finders) > 1:
                figures[f"{name} {variant}, all as one"] = _judged(PhraseFinder.together(finders), files)
    return figures


def _taught(path: Path, variant: str, seed: int, epochs: int | None) -> PhraseFinder:
    chosen = VARIANTS[variant]
    torch.manual_seed(seed)
    train = bmes.read(path)
    labels = spans.labels_of(sorted({label[2:] for text in train.labels for label in text if label != spans.OUTSIDE}))
    finder = PhraseFinder.of(train.texts, labels, chosen.shape)
    descent = DescentConfig(epochs or chosen.epochs, 1, 1, chosen.rate, 1e-4, seed)
    if chosen.ahead:
        finder.read_ahead(train.texts, 16, replace(descent, epochs=chosen.ahead, decay=1e-2), silent)
    finder.learn(train.texts, train.labels, 16, descent, silent, swap=chosen.swap)
    return finder


def _judged(finder: PhraseFinder, files: dict[str, Path]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for part, path in files.items():
        if part != "train":
            judged = bmes.read(path)
            said = [[phrase for phrase, _ in found] for found in finder.find(judged.texts)]
            precision, recall, f = spans.precision_recall_f(said, [spans.read(text) for text in judged.labels])
            scores |= {f"{part}_f1": f, f"{part}_precision": precision, f"{part}_recall": recall}
    return scores
