"""How good the probabilities of a hierarchy of classes are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from ml.layers.class_graph import ClassGraph


def pooled_average_precision(scores: NDArray[Any], labels: NDArray[Any]) -> float:
    """AU(PRC): average precision over all (video, class) pairs pooled; leave artificial roots out of both."""
    return float(average_precision_score(labels.ravel(), scores.ravel()))


def hierarchical_precision_recall_f(
    said: NDArray[np.bool_], true: NDArray[np.bool_], graph: ClassGraph
) -> tuple[float, float, float]:
    """hP, hR, hF (Kiritchenko et al. 2006): sets extended by all ancestors, pooled over videos."""
    said, true = graph.completed(said), graph.completed(true)
    both = int((said & true).sum())
    precision = both / said.sum() if said.any() else 0.0
    recall = both / true.sum() if true.any() else 0.0
    f = 2 * precision * recall / (precision + recall) if both else 0.0
    return float(precision), float(recall), float(f)


def violations(scores: NDArray[Any], graph: ClassGraph) -> int:
    """Pairs of a class and one above it where the lower scores higher."""
    parent, child = graph.edges.T
    return int((scores[:, child] > scores[:, parent]).sum())
