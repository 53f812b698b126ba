"""How good ranked tags are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.types import Array


@dataclass(frozen=True)
class Ranked:
    """The tags proposed for one video, best first, and how many are true in all, those not proposed included."""

    scores: Array  # (proposed,), descending
    hits: Array  # (proposed,), 1 where the tag is true
    truths: int


def recall_at(videos: Sequence[Ranked], k: int) -> float:
    """Mean over videos of |top-k and true| / |true|; videos without a true tag do not count."""
    return _mean([video.hits[:k].sum() / video.truths for video in videos if video.truths])


def hit_at_1(videos: Sequence[Ranked]) -> float:
    """Share of videos whose first tag is true; videos without a true tag do not count."""
    return _mean([float(video.hits[:1].sum()) for video in videos if video.truths])


def precision_at_truths(videos: Sequence[Ranked]) -> float:
    """PERR: mean precision of the first n tags, n = the video's number of true tags."""
    return _mean([video.hits[: video.truths].sum() / video.truths for video in videos if video.truths])


def ndcg_at(videos: Sequence[Ranked], k: int) -> float:
    """Mean of sum y / log2(1 + rank) over the same sum of an ideal ranking with min(k, truths) hits."""
    gains = 1 / np.log2(np.arange(2, k + 2))
    ratios = []
    for video in videos:
        if video.truths:
            hits = video.hits[:k]
            ratios.append(float((hits * gains[: len(hits)]).sum() / gains[: min(k, video.truths)].sum()))
    return _mean(ratios)


def gap(videos: Sequence[Ranked], k: int = 20) -> float:
    """Global average precision: the top k of every video pooled (YouTube-8M; true tags beyond the top k are missed)."""
    truths = sum(video.truths for video in videos)
    if not truths:
        return 0.0
    scores = np.concatenate([video.scores[:k] for video in videos])
    hits = np.concatenate([video.hits[:k] for video in videos])
    order = np.random.default_rng(0).permutation(len(scores))  # ties fall by lot, not by the order of the videos
    order = order[np.argsort(-scores[order], kind="stable")]
    hits = hits[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / truths)


def precision_recall_f1(videos: Sequence[Ranked], threshold: float) -> tuple[float, float, float]:
    """Over all emitted tags, those with a score of at least `threshold` (micro averages)."""
    emitted = sum(int((video.scores >= threshold).sum()) for video in videos)
    right = sum(float(video.hits[video.scores >= threshold].sum()) for video in videos)
    truths = sum(video.truths for video in videos)
    precision = right / emitted if emitted else 0.0
    recall = right / truths if truths else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


@dataclass(frozen=True)
class Bin:
    """A range of confidences: how sure the stack was, how often it was right, over how many tags."""

    confidence: float
    accuracy: float
    count: int


def reliability(confidence: Array, hits: Array, bins: int = 15) -> list[Bin]:
    """Bins of equal mass, from unsure to sure; empty ones are left out."""
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [Bin(float(confidence[p].mean()), float(hits[p].mean()), len(p)) for p in parts]


def expected_calibration_error(curve: Sequence[Bin]) -> float:
    """ECE (Naeini et al. 2015): mean distance of confidence and accuracy, weighted by count."""
    total = sum(part.count for part in curve)
    return sum(part.count * abs(part.confidence - part.accuracy) for part in curve) / total if total else 0.0


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else 0.0
