"""Accuracy and tags a video of scored candidates: thresholds are set on the dev videos, the figures are the test's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.sets.tagged import TaggedSet
from ml.parts import TrainingSet
from ml.ranking.calibration import LogisticCalibrator
from ml.ranking.candidates import CandidatePool
from ml.training import metrics
from ml.training.metrics import Ranked
from ml.types import NO_EVIDENCE, Array

TAGS = 3.12  # a video, of the published figure
ACCURACY = 0.884  # its accuracy


def everything(part: TrainingSet) -> CandidatePool:
    """All tags are candidates of all videos, and nobody says anything of them."""
    videos, tags = len(part), len(part.vocabulary)
    video, column = np.repeat(np.arange(videos), tags), np.tile(np.arange(tags), videos)
    return CandidatePool((), videos, video, column, np.zeros((len(video), 0), np.float32), (NO_EVIDENCE,) * len(video))


def figures(videos: TaggedSet, pools: Sequence[CandidatePool], scores: Sequence[Array]) -> dict[str, float]:
    """Of the dev and the test split's pools and scores, calibrated on the dev split."""
    dev, test = videos.dev, videos.test
    said, known = pools[0].look_up(dev.positive), 1 - pools[0].look_up(dev.implied)
    calibrator = LogisticCalibrator.fit(pools[0], scores[0], said, known, {})
    sure = [calibrator.confidence(pool, score) for pool, score in zip(pools, scores, strict=True)]
    ranked = [_ranked(part, pool, c) for part, pool, c in zip((dev, test), pools, sure, strict=True)]
    accuracy, tags = _emitted(ranked[1], _for_tags(sure[0], len(dev)))
    least = _for_accuracy(sure[0], said[np.argsort(-sure[0], kind="stable")])
    reached, many = _emitted(ranked[1], least)
    return {
        "accuracy": accuracy,
        "tags": tags,
        "accuracy_aimed": reached,
        "tags_aimed": many,
        "ndcg_at_5": metrics.ndcg_at(ranked[1], 5),
        "hit_at_1": metrics.hit_at_1(ranked[1]),
        "gap": metrics.gap(ranked[1]),
    }


def _ranked(part: TrainingSet, pool: CandidatePool, sure: Array) -> list[Ranked]:
    hits = pool.look_up(part.positive)
    bounds = np.searchsorted(pool.video, np.arange(len(part) + 1))
    found = []
    for i, mine in enumerate(part.tags):
        rows = slice(bounds[i], bounds[i + 1])
        order = np.argsort(-sure[rows], kind="stable")
        found.append(Ranked(sure[rows][order], hits[rows][order], sum(tag in part.vocabulary for tag in mine)))
    return found


def _for_tags(sure: Array, videos: int) -> float:
    """The confidence above which there are TAGS tags a video."""
    descending = np.sort(sure)[::-1]
    return float(descending[min(round(TAGS * videos), len(descending)) - 1])


def _for_accuracy(sure: Array, hits: Array) -> float:
    """The least confidence above which ACCURACY of the tags are true; above 1 where there is none."""
    right = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    enough = np.flatnonzero(right >= ACCURACY)
    return float(np.sort(sure)[::-1][enough[-1]]) if len(enough) else 1.1


def _emitted(videos: Sequence[Ranked], threshold: float) -> tuple[float, float]:
    """Share of true ones among the tags from the threshold on, and how many there are a video."""
    precision, _, _ = metrics.precision_recall_f1(videos, threshold)
    emitted = sum(int((video.scores >= threshold).sum()) for video in videos)
    return precision, emitted / max(len(videos), 1)
