"""Phrases in texts: entity F1 of (BERT-)BiLSTM-CRF, alone and with what stands around characters, on BMES files."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch

from benchmarks.sets import bmes, seeds
from benchmarks.sets.bmes import LabelledTexts
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
    "bert_around": Variant(replace(AROUND, bert=BERT), 6, ahead=10),
    "around_as_they_are": Variant(AROUND, 6, swap=0.0),
    "bilstm_crf": Variant(FinderConfig(longest=LONGEST, around=False), 12, swap=0.0),
    "bert_bilstm_crf": Variant(WITH_BERT, 12, ahead=10, rate=1e-3),
    "bert_bilstm_crf_from_scratch": Variant(WITH_BERT, 12, rate=1e-3),
}


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 2)
    parser.add_argument("--epochs", type=int, help="instead of each variant's own number")
    parser.add_argument("--rate", type=float, help="instead of each variant's own learning rate")
    parser.add_argument("--inner", action="store_true", help="judge on the last eighth of the texts to learn from")
    parser.add_argument("--together", type=int, help="so many seeds also speak as one, group by group (default all)")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    for name, files in bmes.find(seeds.required(options.data)).items():
        parts = {part: bmes.read(path) for part, path in files.items()}
        if options.inner:
            parts = dict(zip(("train", "inner"), parts["train"].divided(), strict=True))
        for variant in [v for v in VARIANTS if seeds.wanted(v, options.only, list(VARIANTS))]:
            figures |= _seeds(f"{name} {variant}", _asked(VARIANTS[variant], options), parts, options)
    return figures


def _asked(variant: Variant, options: Namespace) -> Variant:
    return replace(variant, epochs=options.epochs or variant.epochs, rate=options.rate or variant.rate)


def _seeds(name: str, variant: Variant, parts: Mapping[str, LabelledTexts], options: Namespace) -> dict[str, object]:
    """Each seed by itself, and groups of them as one."""
    finders, trials = [], []
    for seed in range(options.seeds):
        began = time.process_time()
        finders.append(_taught(parts["train"], variant, seed))
        trials.append(_judged(finders[-1], parts) | {"cpu_s": time.process_time() - began})
        print(name, trials[-1], file=sys.stderr, flush=True)
    alone = {name: seeds.summary(trials)}
    size = options.together or len(finders)
    groups = [finders[i : i + size] for i in range(0, len(finders) - size + 1, size)]
    if size == 1 or not groups:
        return alone
    as_one = [_judged(PhraseFinder.together(group), parts) for group in groups]
    return alone | {f"{name}, {size} as one": seeds.summary(as_one)}


def _taught(train: LabelledTexts, chosen: Variant, seed: int) -> PhraseFinder:
    torch.manual_seed(seed)
    labels = spans.labels_of(sorted({label[2:] for text in train.labels for label in text if label != spans.OUTSIDE}))
    finder = PhraseFinder.of(train.texts, labels, chosen.shape)
    descent = DescentConfig(chosen.epochs, 1, 1, chosen.rate, 1e-4, seed)
    if chosen.ahead:
        finder.read_ahead(train.texts, 16, replace(descent, epochs=chosen.ahead, decay=1e-2), silent)
    finder.learn(train.texts, train.labels, 16, descent, silent, swap=chosen.swap)
    return finder


def _judged(finder: PhraseFinder, parts: Mapping[str, LabelledTexts]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for part, judged in parts.items():
        if part != "train":
            said = [[phrase for phrase, _ in found] for found in finder.find(judged.texts)]
            precision, recall, f = spans.precision_recall_f(said, [spans.read(text) for text in judged.labels])
            scores |= {f"{part}_f1": f, f"{part}_precision": precision, f"{part}_recall": recall}
    return scores
