"""Slopes and offsets of many groups of log-odds, each drawn to what holds for all.

Platt 1999 for every group, with a normal prior around "as it is" (slope 1, offset 0): a group with few examples stays
there. Partial pooling as in Gelman & Hill 2007, chapter 12, with the amount of pooling set and not estimated.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.types import Array

_STEPS = 30
Floats = NDArray[np.float64]


def fit(
    logits: Array, said: Array, weight: Array, group: NDArray[np.int64], groups: int, strength: float
) -> tuple[Array, Array]:
    """(groups,) slopes, never below 0, and offsets: the most likely ones under a prior worth `strength`.

    `strength` is the prior's curvature; an example of confidence one half has a curvature of a quarter.
    """
    slope, offset = np.ones(groups), np.zeros(groups)
    told = weight > 0
    group = group[told]
    x, y, w = (part[told].astype(np.float64) for part in (logits, said, weight))

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(group, values, minlength=groups), dtype=np.float64)

    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-np.clip(slope[group] * x + offset[group], -30, 30)))
        error, curve = w * (share - y), w * share * (1 - share)
        down = np.stack([total(error * x) + strength * (slope - 1), total(error) + strength * offset])
        bend = np.stack([total(curve * x * x) + strength, total(curve * x), total(curve) + strength])
        step = _solved(bend, down)
        slope, offset = np.maximum(slope - step[0], 0.0), offset - step[1]
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    return slope.astype(np.float32), offset.astype(np.float32)


def _solved(bend: Floats, down: Floats) -> Floats:
    """Newton's step of every group, at most 1 long in each direction."""
    xx, x, one = bend
    determinant = xx * one - x * x
    step = np.stack([(one * down[0] - x * down[1]) / determinant, (xx * down[1] - x * down[0]) / determinant])
    return np.clip(step, -1.0, 1.0)
