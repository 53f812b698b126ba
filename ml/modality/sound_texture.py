"""Sound as statistics of VGGish's log-mel examples, and of how they move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.modality import logmel
from ml.modality.extractor import Material
from ml.modality.sound import SoundExtractor
from ml.types import Array

LAGS = (1, 4, 16)  # frames of 10 ms
QUANTILES = (10, 25, 50, 75, 90, 100)


class TextureExtractor(SoundExtractor):
    """Also how far each band moves within 10, 40 and 160 ms, and its quantiles (704 numbers, no weights).

    A clock and rain may be alike in mean and deviation and not in how they move (after the sound textures of McDermott
    & Simoncelli 2011).
    """

    name = "logmel.v2"
    dim = (2 + len(LAGS) + len(QUANTILES)) * logmel.BANDS

    def described(self, examples: Array) -> Array:
        moves = [(examples[:, lag:] - examples[:, :-lag]).std(axis=1) for lag in LAGS]
        return np.concatenate([super().described(examples), *moves, *_quantiles(examples)], axis=1).astype(np.float32)


class TextureBesides(TextureExtractor):
    """The same rows as a modality of their own, beside a network's, whose neighbours are better."""

    modality = "texture"
    name = "texture.v1"

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        return [{"texture": row["sound"]} if row else {} for row in super().extract(materials)]


def _quantiles(examples: Array) -> list[Array]:
    """(n, 64) of each of QUANTILES; sorting each band where it lies takes a quarter of np.percentile's time."""
    ordered = np.sort(np.ascontiguousarray(examples.transpose(0, 2, 1)), axis=-1)  # (n, 64, 96)
    found = []
    for quantile in QUANTILES:
        place = quantile / 100 * (ordered.shape[-1] - 1)
        low = min(int(place), ordered.shape[-1] - 2)
        below, above = ordered[..., low], ordered[..., low + 1]
        found.append(below + (place - low) * (above - below))
    return found
