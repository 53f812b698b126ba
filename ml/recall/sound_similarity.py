"""Recall by similar sound."""

from __future__ import annotations

from collections.abc import Sequence

from ml.layers.neighbours import SimilarityRecaller
from ml.layers.pooling import sound_centre, sound_vector
from ml.types import Array, Features


class SoundSimilarity(SimilarityRecaller):
    """Videos that sound alike."""

    needs = ("sound",)

    @classmethod
    def centred(cls, features: Sequence[Features]) -> dict[str, Array]:
        return sound_centre(features)

    def vector(self, features: Features) -> Array | None:
        return sound_vector(features, self.centre)
