"""The product's own part for texts, `text_classifier.v1`, on a task: a tag each class of each level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.texts.task import UNKNOWN, Scores, Task
from ml.parts import TrainingSet, silent
from ml.recall.text_classifier import TextClassifier
from ml.types import Array, Features, Tag, VideoInput, Vocabulary

_NEVER = 1e-9  # probability of a tag that is not proposed


def text_classifier(task: Task, seed: int, *, further: bool = True, **settings: int) -> Scores:
    """Hints are tags of their video, as they are in the product: it does not know which of its tags was meant first.

    Without the `further` ones it learns the task's own classes and nothing else, as the other methods do.
    """
    vocabulary = _vocabulary(task)
    starts = np.cumsum([0, *task.classes])
    said = [frozenset((starts[level] + c for level, c in enumerate(row) if c != UNKNOWN)) for row in task.labels]
    if further and task.hints is not None:
        said = [
            tags | {task.hint_classes[i] for i in np.flatnonzero(row)} - {UNKNOWN}
            for tags, row in zip(said, task.hints, strict=True)
        ]
    names, blank = np.zeros((len(vocabulary), 0), np.float32), [frozenset[int]()] * len(said)
    known, asked = task.vectors or (None, None)
    data = TrainingSet(vocabulary, names, _clips(task.texts, known), said, blank)
    model = TextClassifier.train(data, {"seed": seed, **settings}, step=silent)
    told = np.full((len(task.judged), len(vocabulary)), _NEVER)
    for row, found in enumerate(model.recall(_clips(task.judged, asked), len(vocabulary))):
        told[row, [candidate.tag for candidate in found]] = [candidate.score for candidate in found]
    return [np.log(told[:, starts[level] : starts[level + 1]]) for level in range(len(task.classes))]


def _vocabulary(task: Task) -> Vocabulary:
    """Tags are numbered through the levels; each is below the class that texts of it have one level higher."""
    starts = np.cumsum([0, *task.classes])
    above: dict[int, int] = {}
    for row in task.labels.tolist():
        for level in range(1, len(row)):
            if row[level] != UNKNOWN:
                above[int(starts[level]) + row[level]] = int(starts[level - 1]) + row[level - 1]
    return Vocabulary(tuple(Tag(i, str(i), parent=above.get(i)) for i in range(int(starts[-1]))))


def _clips(texts: Sequence[str], vectors: Array | None) -> list[Features]:
    rows = [None] * len(texts) if vectors is None else vectors
    return [Features(VideoInput(i, text), row) for i, (text, row) in enumerate(zip(texts, rows, strict=True))]
