"""Methods without layers: a linear support vector machine, and ridge regression with a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve, get_lapack_funcs
from sklearn.svm import LinearSVC

from benchmarks.texts import features, sentences
from benchmarks.texts.task import Scores, Task, log_softmax

Floats = NDArray[Any]  # in the precision of the n-grams

# Chosen on one fold of KuaiRec's train.csv.
SVM_SHARPNESS, RIDGE_SHARPNESS = 4.0, 20.0  # of the softmax over margins and regressed one-hot vectors
BENT, MEANT = 2.0, 2.0  # exponents of the kernels of n-grams and of vectors
RIDGE = 1.0
HINTS = 0.5  # weight of the teacher's kernel that compares hints
TAUGHT = (0.6, 0.6, 0.2)  # share of the teacher in the targets, by level: of rare classes it knows little


def svm(task: Task, seed: int) -> Scores:
    """TF-IDF and one linear machine a class."""
    return _machines(task, *features.of(task), seed)


def sentence_svm(task: Task, seed: int) -> Scores:
    """The same over n-grams and a sentence encoder's vector side by side."""
    return _machines(task, *sentences.beside(task), seed)


def _machines(task: Task, rows: sparse.csr_matrix, judged: sparse.csr_matrix, seed: int) -> Scores:
    scores = []
    for level, classes in enumerate(task.classes):
        known = task.known(level)
        model = LinearSVC(C=0.5, random_state=seed).fit(rows[known], task.labels[known, level])
        margins = model.decision_function(judged)
        margins = np.stack([-margins, margins], axis=1) if margins.ndim == 1 else margins
        told = np.full((len(margins), classes), -np.inf)
        told[:, model.classes_] = SVM_SHARPNESS * margins
        scores.append(log_softmax(told))
    return scores


def ridge(task: Task, seed: int) -> Scores:
    """Least squares on one-hot classes with the kernel c + exp(2 (c - 1)), c = cosine of TF-IDF rows.

    Hints are privileged information (Vapnik & Vashist 2009; Lopez-Paz et al. 2016): a teacher that sees texts and
    hints says what each text's class is without having seen that text's own, and the targets lean towards it.
    """
    return _regressed(task, *_alike(task))


def sentence_ridge(task: Task, seed: int) -> Scores:
    """The same with the sum of two kernels: of n-grams, and of a sentence encoder's vectors."""
    known, judged = sentences.directions(task)
    kernels = zip(_alike(task), (_kernel(some @ known.T, MEANT) for some in (known, judged)), strict=True)
    kernel, across = (words + meaning for words, meaning in kernels)
    return _regressed(task, kernel, across)


def _alike(task: Task) -> tuple[Floats, Floats]:
    """(texts, texts) and (judged, texts): the kernel of n-grams."""
    rows, judged = features.of(task)
    kernel, across = (_kernel((some @ rows.T).toarray(), BENT) for some in (rows, judged))
    return kernel, across


def _regressed(task: Task, kernel: Floats, across: Floats) -> Scores:
    scores = []
    for level in range(len(task.classes)):
        known, target = task.known(level), task.one_hot(level).astype(np.float32)
        square = kernel[np.ix_(known, known)]
        mean = target.mean(axis=0)
        if task.hints is not None:
            target = (1 - TAUGHT[level]) * target + TAUGHT[level] * _teacher(square, task.hints[known], target)
        weights = cho_solve(_factor(square), target - mean)
        scores.append(log_softmax(RIDGE_SHARPNESS * (across[:, known] @ weights + mean)))
    return scores


def _kernel(cosine: Floats, bent: float) -> Floats:
    return np.asarray(cosine + np.exp(bent * (cosine - 1)))


def _teacher(
    square: NDArray[np.float64], hints: NDArray[np.float32], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What is said of each text by a machine that was not told its class (leave-one-out in closed form)."""
    lengths = np.maximum(np.linalg.norm(hints, axis=1, keepdims=True), 1e-9)
    alike = (hints / lengths) @ (hints / lengths).T
    factor, mean = _factor(square + HINTS * alike), target.mean(axis=0)
    (invert,) = get_lapack_funcs(("potri",), factor[:1])
    shares = np.diag(invert(factor[0], lower=True)[0])
    return np.asarray(target - cho_solve(factor, target - mean) / shares[:, None])


def _factor(square: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    factor: tuple[NDArray[np.float64], bool] = cho_factor(
        square + RIDGE * np.eye(len(square), dtype=square.dtype), lower=True
    )
    return factor
