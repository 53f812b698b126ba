"""Vectors of a task's texts by a sentence encoder that knows their language, and states of their tokens."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.texts import features, states
from benchmarks.texts.states import States
from benchmarks.texts.task import Task
from ml.feature_store import FeatureStore
from ml.layers.sentence_space import SentenceSpace
from ml.modality.extraction import Modality
from ml.modality.text import SentenceExtractor
from ml.types import Array, VideoInput

SHARE = 0.7  # length of a vector beside n-grams of length 1, chosen on two folds of KuaiRec's train.csv
ENCODER = {"extractor": "minilm.v1", "weights": "intfloat/multilingual-e5-small"}
LAYER = 10  # of 12: the last ones turn to what pretraining asked


def read(task: Task, store: FeatureStore) -> Task:
    """With the vectors of all texts, kept in `store`: the first time they take 36 ms of CPU a text."""
    modality = Modality.build({"text": ENCODER})
    if modality.missing:
        raise SystemExit(f"error: {modality.missing['text']}")
    texts = [VideoInput(i, title=text) for i, text in enumerate([*task.texts, *task.judged])]
    nothing = np.zeros(modality.dims["text"], np.float32)
    found = [nothing if each.text is None else each.text for each in modality.features(texts, store)]
    cut = len(task.texts)
    return replace(task, vectors=(np.stack(found[:cut]), np.stack(found[cut:])))


def read_tokens(task: Task, folder: Path) -> Task:
    """With the states of all texts' tokens, kept in `folder`: the first time as slow as `read`."""
    encoder = SentenceExtractor.build(ENCODER, None, "cpu")
    texts = [encoder.prefix + text for text in (*task.texts, *task.judged)]
    kept = folder / f"states-{encoder.name}-{LAYER}-{hashlib.sha256(repr(texts).encode()).hexdigest()[:16]}.npz"
    if not kept.is_file():
        tokens = encoder.tokenizer(texts, truncation=True, max_length=encoder.tokens)["input_ids"]
        folder.mkdir(parents=True, exist_ok=True)
        states.read(encoder.model, tokens, LAYER, encoder.tokenizer.pad_token_id).save(kept)
    return replace(task, states=States.load(kept).parted(len(task.texts)))


def directions(task: Task) -> tuple[Array, Array]:
    """Of the texts to learn from and of the judged ones, seen from the mean of the former, of length 1."""
    if task.vectors is None:
        raise ValueError(f"nobody has read the texts of {task.name}: call sentences.read first")
    known, judged = task.vectors
    space = SentenceSpace(known.mean(axis=0))
    return space.turned(known), space.turned(judged)


def beside(task: Task) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """N-grams and directions side by side; n-grams have the greater say."""
    pairs = zip(features.of(task), directions(task), strict=True)
    known, judged = (sparse.hstack([rows, sparse.csr_matrix(SHARE * turned)], format="csr") for rows, turned in pairs)
    return known, judged
