"""The table of strategies, and the order that one gives."""

from __future__ import annotations

from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from annotation.sampling.pool import Strategy

STRATEGIES = {
    "random": "annotation.sampling.chance",
    "least_confidence": "annotation.sampling.least_confidence",
    "margin": "annotation.sampling.margin",
    "entropy": "annotation.sampling.entropy",
    "disagreement": "annotation.sampling.disagreement",
    "core_set": "annotation.sampling.core_set",
    "coverage": "annotation.sampling.coverage",
    "design": "annotation.sampling.design",
    "mixture": "annotation.sampling.mixture",
}


def find(name: str) -> Strategy:
    """The strategy of that name. Raises ValueError that names the known ones."""
    if name not in STRATEGIES:
        raise ValueError(f"unknown strategy {name!r}; known: {', '.join(sorted(STRATEGIES))}")
    strategy: Strategy = import_module(STRATEGIES[name]).gain
    return strategy


def order(gains: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """Rows of all clips, the greatest gain first; equal ones in random order."""
    return np.lexsort((random.random(len(gains)), -gains))
