"""ESC-10: 400 sounds of 5 s in ten classes and five official folds, as log-mel frames of VGGish's front end."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml import media
from ml.modality import logmel
from ml.types import Array


@dataclass(frozen=True)
class Sounds:
    bands: list[Array]  # (frames, 64) each
    labels: NDArray[np.int64]
    folds: NDArray[np.int64]  # 1 to 5
    classes: list[str]

    @property
    def targets(self) -> Array:
        """(sounds, classes), one 1 each."""
        return np.eye(len(self.classes), dtype=np.float32)[self.labels]


def read(data: Path) -> Sounds:
    """Needs `esc10/` with clips.csv (file, fold, label) and the files it names."""
    folder = data / "esc10"
    with (folder / "clips.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    classes = sorted({row["label"] for row in rows})
    bands = [_bands(next(folder.rglob(row["file"]))) for row in rows]
    labels = np.array([classes.index(row["label"]) for row in rows])
    return Sounds(bands, labels, np.array([int(row["fold"]) for row in rows]), classes)


def _bands(path: Path) -> Array:
    sound = media.decode(path, rate=logmel.RATE).sound
    assert sound is not None, f"{path} has no sound"
    return logmel.examples(sound).reshape(-1, logmel.BANDS)
