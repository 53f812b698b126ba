"""What the methods of the text benchmark learn and are judged by: texts with a class on one level or on several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.sets.labelled_text import Split
from benchmarks.texts.states import States
from ml.types import Array

UNKNOWN = -1

Scores = list[NDArray[np.float64]]  # a level: (judged, classes), log-probabilities


@dataclass(frozen=True)
class Task:
    """Labels are (texts, levels), -1 where a text has no class on a level."""

    name: str
    texts: list[str]
    labels: NDArray[np.int64]
    judged: list[str]
    truth: NDArray[np.int64]
    parts: list[str]  # of each judged text: test or dev
    spaced: bool = True  # words are separated; else characters are
    hints: NDArray[np.float32] | None = None  # (texts, hints) further labels to learn from, unknown of judged texts
    hint_classes: tuple[int, ...] = ()  # the first level's class that each hint stands for, or -1
    vectors: tuple[Array, Array] | None = None  # of texts and judged ones, by a sentence encoder
    states: tuple[States, States] | None = None  # of their tokens, by the same

    @classmethod
    def of(cls, split: Split) -> Task:
        """A set with one level and a test part."""
        columns = (split.train_labels[:, None], split.test_labels[:, None])
        return cls(split.name, split.train, columns[0], split.test, columns[1], ["test"] * len(split.test))

    @cached_property
    def classes(self) -> tuple[int, ...]:
        return tuple((np.concatenate([self.labels, self.truth]).max(axis=0) + 1).tolist())

    def known(self, level: int) -> NDArray[np.int64]:
        """Texts that have a class on a level."""
        return np.flatnonzero(self.labels[:, level] != UNKNOWN)

    def one_hot(self, level: int) -> NDArray[np.float64]:
        """(known texts, classes)"""
        return np.eye(self.classes[level])[self.labels[self.known(level), level]]

    def accuracy(self, scores: Scores) -> dict[str, float]:
        """Top-1 and top-5 of each part and level."""
        found = {}
        for part in sorted(set(self.parts)):
            mine = np.array([p == part for p in self.parts])
            for level, score in enumerate(scores):
                rows = mine & (self.truth[:, level] != UNKNOWN)
                if not rows.any():
                    continue
                hits = np.argsort(-score[rows], axis=1, kind="stable") == self.truth[rows, level][:, None]
                name = part if len(scores) == 1 else f"{part} level {level + 1}"
                found[f"{name} top1"] = float(hits[:, 0].mean())
                if self.classes[level] > 10:
                    found[f"{name} top5"] = float(hits[:, :5].any(axis=1).mean())
        return found


def log_softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Along the last axis; -inf stays."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def together(members: Sequence[Scores]) -> Scores:
    """The mean probability of several methods.

    The mean log-probability would let each method alone shut a class out, which costs places among the first five.
    """
    with np.errstate(divide="ignore"):  # of a class that no method has seen
        return [np.log(np.mean(np.exp(level), axis=0)) for level in zip(*members, strict=True)]
