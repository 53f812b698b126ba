"""Accuracy and tags a video of scored candidates.

Accuracy at a number of tags needs a threshold that emits as many, which the scores give without looking at a label. The
threshold that is to reach an accuracy is set on the dev videos; what it reaches on the test videos is told beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ml.parts import TrainingSet, find
from ml.ranking import CALIBRATORS
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


class Scored(NamedTuple):
    """Candidates of some videos and what a ranker makes of them."""

    part: TrainingSet
    pool: CandidatePool
    scores: Array

    @property
    def truth(self) -> tuple[Array, Array]:
        """Of each pair whether the tag was said, and whether that is known."""
        return self.pool.look_up(self.part.positive), 1 - self.pool.look_up(self.part.implied)


def figures(dev: Scored, test: Scored, calibrator: str = "logistic.v1") -> dict[str, float]:
    """Calibrated on `dev`."""
    said, known = dev.truth
    fitted = find(CALIBRATORS, calibrator).fit(dev.pool, dev.scores, said, known, {})
    sure, aimed = fitted.confidence(test.pool, test.scores), fitted.confidence(dev.pool, dev.scores)
    ranked = _ranked(test.part, test.pool, sure)
    accuracy, tags = _emitted(ranked, _for_tags(sure, len(test.part)))
    reached, many = _emitted(ranked, _for_accuracy(aimed, said[np.argsort(-aimed, kind="stable")]))
    hits = test.truth[0]
    return {
        "accuracy": accuracy,
        "tags": tags,
        "accuracy_aimed": reached,
        "tags_aimed": many,
        "ndcg_at_5": metrics.ndcg_at(ranked, 5),
        "hit_at_1": metrics.hit_at_1(ranked),
        "gap": metrics.gap(ranked),
        "ece": metrics.expected_calibration_error(metrics.reliability(sure, hits)),
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
