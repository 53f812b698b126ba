"""Recall by similarity of everything at once: the weighted, concatenated vectors of all modalities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.layers.neighbours import SimilarityRecaller
from ml.layers.pooling import frames_centre, frames_vector, sound_centre, sound_vector, text_vector, unit
from ml.types import Array, Features

# Squared weights add up to 1, so that the cosine of two whole videos is the weighted mean of their cosines.
WEIGHTS = {"text": 0.5**0.5, "frames": 0.35**0.5, "sound": 0.15**0.5}


class FusedSimilarity(SimilarityRecaller):
    """e = norm([w_t e_t; w_v e_v; w_a e_a]). A missing modality is left out and the rest takes its weight."""

    needs = ("text", "frames")  # with one modality it would say the same as that one

    @classmethod
    def centred(cls, features: Sequence[Features]) -> dict[str, Array]:
        text = next((item.text for item in features if item.text is not None), np.zeros(0, np.float32))
        # The text's width is kept as an empty-handed centre: a query without text must still fill its place.
        return frames_centre(features) | sound_centre(features) | {"text": np.zeros(len(text), np.float32)}

    def vector(self, features: Features) -> Array | None:
        parts = {
            "text": text_vector(features),
            "frames": frames_vector(features, self.centre),
            "sound": sound_vector(features, self.centre),
        }
        whole = []
        for name, weight in WEIGHTS.items():
            part, centre = parts[name], self.centre.get(name, np.zeros(0, np.float32))
            known = part is not None and len(part) == len(centre)
            whole.append(weight * part if part is not None and known else np.zeros_like(centre))
        return unit(np.concatenate(whole))
