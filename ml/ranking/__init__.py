"""Ranking: all candidates of a video become one calibrated confidence per tag.

To add a ranker or a calibrator: write a file with a class that follows the protocol, and give it a line here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from ml.parts import Config, Step, TrainingSet
from ml.ranking.candidates import CandidatePool
from ml.types import Array, Features, Vocabulary

RANKERS = {
    "contrastive.v1": "ml.ranking.contrastive.ContrastiveRanker",
    "nextvlad.v1": "ml.ranking.nextvlad.NextVladRanker",
    "multimodal.v1": "ml.ranking.multimodal.MultimodalRanker",
}
CALIBRATORS = {
    "logistic.v1": "ml.ranking.calibration.LogisticCalibrator",
    "tagwise.v1": "ml.ranking.tagwise.TagwiseCalibrator",
}


class Ranker(Protocol):
    """Scores candidates, and only those."""

    @classmethod
    def train(
        cls, data: TrainingSet, pool: CandidatePool, config: Config, *, step: Step, warm: Self | None = None
    ) -> Self:
        """Learn from reviewed videos and what the recallers propose for them when they have not seen them."""

    def score(self, features: Sequence[Features], pool: CandidatePool) -> Array:
        """(pairs,) comparable within one video; higher is likelier."""

    def save(self, folder: Path) -> None: ...

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self: ...


class Calibrator(Protocol):
    """Turns the scores of a candidate into a probability."""

    @classmethod
    def fit(cls, pool: CandidatePool, ranked: Array, said: Array, weight: Array, config: Config) -> Self:
        """From the ranker's scores, 1 where the tag is true, and how much that counts (0: unknown); all (pairs,)."""

    def confidence(self, pool: CandidatePool, ranked: Array) -> Array:
        """(pairs,) in [0, 1]."""

    def save(self, folder: Path) -> None: ...

    @classmethod
    def load(cls, folder: Path) -> Self: ...
