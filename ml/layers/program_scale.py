"""How much each witness of a program counts, and from which probability on a program is named at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.types import Array

WITNESSES = ("proxy", "neighbours", "named", "context", "uploader", "looks", "words", "linear")
# What counts before there are examples to learn it from: a name in the context field is as good as certain.
UNTAUGHT = (-6.0, (3.0, 3.0, 4.0, 9.0, 3.0, 0.0, 2.0, 2.0))
FIRST = 3  # programs of a clip that are looked at closer
LEAST = 20  # held-out clips of which so many must be of a program, or the weights above stay


@dataclass(frozen=True)
class Scale:
    """Probability that a clip is of a program = sigmoid(bias + weights * witnesses); below `least` it is unknown.

    The last weight is that of the lead over the best other program by `order`, the witnesses weighed among programs.
    """

    order: tuple[float, ...] = UNTAUGHT[1]
    bias: float = UNTAUGHT[0]
    weights: tuple[float, ...] = (*UNTAUGHT[1], 0.0)
    least: float = 0.5

    @classmethod
    def of(cls, witnesses: Array, true: NDArray[np.bool_], precision: float) -> Self:
        """Learned from clips that nothing else was learned from; the untaught one where they are too few.

        witnesses: (clips, programs, witnesses); true: (clips, programs); the first program of the clips above `least`
        is right as often as `precision`.
        """
        pairs = witnesses.any(axis=-1)
        if true[pairs].sum() < LEAST or true[pairs].all():
            return cls()
        scale = cls(_fitted(witnesses[pairs], true[pairs])[1])
        told = scale.told(witnesses)
        # Whether the best one is right at all is learned from the best few only: the rest is told apart by their order.
        first = np.zeros_like(true)
        np.put_along_axis(first, np.argsort(-told[..., -1], axis=1)[:, :FIRST], True, axis=1)
        if not true[first].any() or true[first].all():
            return cls()
        bias, weights = _fitted(told[first], true[first])
        scale = replace(scale, bias=bias, weights=weights)
        return replace(scale, least=threshold(scale.probability(witnesses), true, precision))

    @classmethod
    def restored(cls, told: Mapping[str, Any]) -> Self:
        """What `asdict` gave; witnesses that came later count nothing in a part that did not know them."""
        lacking = (0.0,) * (len(WITNESSES) - len(told["order"]))
        *weights, lead = told["weights"]
        return cls((*told["order"], *lacking), told["bias"], (*weights, *lacking, lead), told["least"])

    def probability(self, witnesses: Array) -> NDArray[np.float64]:
        """(clips, programs, witnesses) -> (clips, programs)."""
        logits = self.told(witnesses) @ np.array(self.weights) + self.bias
        probability: NDArray[np.float64] = 1 / (1 + np.exp(-logits))
        return probability

    def told(self, witnesses: Array) -> NDArray[np.float64]:
        """(clips, programs, witnesses and lead)."""
        scores = witnesses.astype(np.float64) @ np.array(self.order)
        best = np.sort(scores, axis=1)[:, ::-1]
        second = best[:, 1:2] if best.shape[1] > 1 else np.zeros_like(best)
        lead = scores - np.where(scores == best[:, :1], second, best[:, :1])
        return np.concatenate([witnesses, lead[..., None]], axis=-1)


def _fitted(x: NDArray[Any], said: NDArray[np.bool_]) -> tuple[float, tuple[float, ...]]:
    """Bias and weights. None is below zero: what speaks for a program must not speak against it.

    A witness that never spoke keeps the weight it has untaught: a clip whose context names its program may come later.
    """
    fitted = LogisticRegression(C=10.0, max_iter=500).fit(x, said)
    weights = np.maximum(fitted.coef_[0], 0.0)
    silent = np.flatnonzero(~x.any(axis=0))
    weights[silent] = [(*UNTAUGHT[1], 0.0)[i] for i in silent]
    return float(fitted.intercept_[0]), tuple(weights.tolist())


def threshold(probability: NDArray[np.float64], true: NDArray[np.bool_], precision: float) -> float:
    """The least probability from which on the first program of a clip is the right one as often as wanted."""
    first = probability.argmax(axis=1)
    rows = np.arange(len(probability))
    sure, right = probability[rows, first], true[rows, first]
    order = np.argsort(-sure, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(reached >= precision)
    return float(sure[order][good[-1]]) if len(good) else float(precision)
