"""Label-efficiency curves: what strategies reached over seeds, and how many labels they needed for it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.simulation.replay import Point

SHARE = 0.9  # of the score with all labels: what strategies are asked to reach
DRAWS = 2000  # of seeds, for an interval
METRICS = ("tags", "clips")
# Two-sided 95% quantiles of Student's t by degrees of freedom; from 10 on the normal's.
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}


@dataclass(frozen=True)
class Curve:
    """One strategy's mean score by number of labels, with a 95% band over seeds, and the labels that it needed."""

    strategy: str
    metric: str
    labels: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    needed: tuple[float | None, ...]  # by seed; None: not reached in the replay

    @property
    def typical(self) -> float | None:
        """The median of what seeds needed; None when half of them or more did not get there."""
        found = sorted(math.inf if n is None else n for n in self.needed)
        middle = (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
        return None if math.isinf(middle) else middle


def curve(strategy: str, metric: str, runs: Sequence[Sequence[Point]], whole: Point) -> Curve:
    """Of one replay a seed; all have points at the same numbers of labels."""
    labels = tuple(point.labels for point in runs[0])
    scores = np.array([[getattr(point, metric) for point in run] for run in runs])
    mean, half = scores.mean(axis=0), np.zeros(len(labels))
    if len(runs) > 1:
        half = STUDENT.get(len(runs) - 1, 1.96) * scores.std(axis=0, ddof=1) / math.sqrt(len(runs))
    needed = tuple(labels_for(SHARE * getattr(whole, metric), labels, row) for row in scores)
    low, high = mean - half, mean + half
    return Curve(strategy, metric, labels, _rounded(mean), _rounded(low), _rounded(high), needed)


def labels_for(goal: float, labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """The labels at which the score reaches the goal for the first time, between two points by their logarithms."""
    for place, score in enumerate(scores):
        if score >= goal:
            if place == 0:
                return float(labels[0])
            part = (goal - scores[place - 1]) / (score - scores[place - 1])
            return math.exp(math.log(labels[place - 1]) * (1 - part) + math.log(labels[place]) * part)
    return None


def saved(curves: Sequence[Curve], metric: str) -> Mapping[str, float | None]:
    """Strategy -> the labels it needed as a share of those of `random`; None where either did not get there."""
    needed = {curve.strategy: curve.typical for curve in curves if curve.metric == metric}
    base = needed.get("random")
    return {name: n / base if n is not None and base else None for name, n in needed.items()}


def between(curves: Sequence[Curve], metric: str) -> Mapping[str, tuple[float, float] | None]:
    """Strategy -> the 95% interval of that share over seeds, by the bootstrap (Efron & Tibshirani 1993, chapter 13).

    A draw of seeds takes what `random` and the strategy needed under the same ones. None with fewer than three seeds,
    or where draws did not get there.
    """
    needed = {
        one.strategy: [math.inf if n is None else n for n in one.needed] for one in curves if one.metric == metric
    }
    base = np.array(needed.get("random", []))
    if len(base) < 3:
        return dict.fromkeys(needed)
    drawn = np.random.default_rng(0).integers(len(base), size=(DRAWS, len(base)))
    usual = np.median(base[drawn], axis=1)
    return {name: _interval(np.median(np.array(labels)[drawn], axis=1), usual) for name, labels in needed.items()}


def _interval(typical: NDArray[np.float64], usual: NDArray[np.float64]) -> tuple[float, float] | None:
    if not np.isfinite([typical, usual]).all():
        return None
    low, high = np.quantile(typical / usual, [0.025, 0.975])
    return float(low), float(high)


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.round(values, 4).tolist())
