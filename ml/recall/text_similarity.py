"""Recall by similar texts: sentence embeddings compared by cosine (Reimers & Gurevych 2019)."""

from __future__ import annotations

from ml.layers.neighbours import SimilarityRecaller
from ml.layers.pooling import text_vector
from ml.types import Array, Features


class TextSimilarity(SimilarityRecaller):
    """Videos whose title, description and cover text mean the same."""

    needs = ("text",)

    def vector(self, features: Features) -> Array | None:
        return text_vector(features)
