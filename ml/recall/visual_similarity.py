"""Recall by similar pictures."""

from __future__ import annotations

from collections.abc import Sequence

from ml.layers.neighbours import SimilarityRecaller
from ml.layers.pooling import frames_centre, frames_vector
from ml.types import Array, Features


class VisualSimilarity(SimilarityRecaller):
    """Videos that look alike."""

    needs = ("frames",)

    @classmethod
    def centred(cls, features: Sequence[Features]) -> dict[str, Array]:
        return frames_centre(features)

    def vector(self, features: Features) -> Array | None:
        return frames_vector(features, self.centre)
