"""Exercises as pictures: two photos each, with the tags of the exercise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks.sets.composed import tags_of
from ml.types import Array


@dataclass(frozen=True)
class Photos:
    pictures: NDArray[np.uint8]  # (photos, size, size, 3)
    owners: NDArray[np.int64]  # (photos,) the exercise of each
    tags: Array  # (exercises, tags)

    def of(self, exercises: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of the photos of some exercises, in their order."""
        return np.concatenate([np.flatnonzero(self.owners == exercise) for exercise in exercises])


def read(data: Path, size: int) -> Photos:
    """Needs `exercises/`. Photos are cut to their middle square."""
    folder = data / "exercises"
    exercises = json.loads((folder / "exercises.json").read_text(encoding="utf-8"))
    said = [tags_of(exercise) for exercise in exercises]
    names = sorted({tag for tags in said for tag in tags})
    pictures = [(i, _picture(folder / "photos" / name, size)) for i, e in enumerate(exercises) for name in e["images"]]
    owners, rows = zip(*pictures, strict=True)
    tags = np.array([[name in tags for name in names] for tags in said], np.float32)
    return Photos(np.stack(rows), np.array(owners), tags)


def _picture(path: Path, size: int) -> NDArray[np.uint8]:
    with Image.open(path) as file:
        return np.asarray(ImageOps.fit(file.convert("RGB"), (size, size)))
