"""Vectors of a task's texts by a sentence encoder that knows their language."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from benchmarks.texts import features
from benchmarks.texts.task import Task
from ml.feature_store import FeatureStore
from ml.layers.sentence_space import SentenceSpace
from ml.modality.extraction import Modality
from ml.types import Array, VideoInput

SHARE = 0.7  # length of a vector beside n-grams of length 1, chosen on two folds of KuaiRec's train.csv
ENCODER = {"extractor": "minilm.v1", "weights": "intfloat/multilingual-e5-small"}


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
