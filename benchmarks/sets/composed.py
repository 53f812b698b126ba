"""Composed clips: real photos and texts of exercises with a real sound (ESC-10), some modalities left out.

No public set of this size has pictures, sound, text and tags at once, so this one is put together and called composed
wherever it is reported. Exercises and sounds are split by their source: a test clip has neither photos nor sound that
training knew. Pictures are described without a network: colours, edge directions and small grey thumbnails.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from scipy import sparse
from sklearn.decomposition import PCA, TruncatedSVD

from ml import media
from ml.layers.grams import GramTable
from ml.layers.inputs import Inputs
from ml.modality import logmel
from ml.modality.sound_texture import TextureExtractor
from ml.types import Array

SINGLE = ("category", "equipment", "level", "force", "mechanic")
ABSENT = 0.15  # share of clips that lack a modality, each by itself
TEST_FOLD = "5"  # of ESC-10
_SIDE, _CELLS, _BINS = 64, 4, 8


@dataclass(frozen=True)
class Clips:
    inputs: Inputs
    labels: Array  # (clips, tags)

    def only(self, modality: str) -> Clips:
        """The same clips with nothing but this modality."""
        kept = {modality: self.inputs.vectors[modality]}
        return replace(self, inputs=Inputs(kept, {modality: self.inputs.present[modality]}, self.inputs.grams))

    def parted(self, seed: int, share: float = 0.75) -> tuple[Clips, Clips]:
        """Divided once more, to choose settings without a look at the test clips."""
        order = np.random.default_rng(seed).permutation(len(self.labels))
        first, second = (
            Clips(self.inputs.rows(rows), self.labels[rows]) for rows in np.split(order, [int(share * len(order))])
        )
        return first, second


@dataclass(frozen=True)
class Sources:
    """What clips are made of, read once."""

    texts: list[str]
    pictures: Array  # (exercises, values)
    photos: Array  # (exercises, 2, values)
    tags: Array  # (exercises, tags)
    names: list[str]  # of the tags
    sounds: Array  # (sounds, 2 * bands)
    sequences: list[Array]  # (examples, 2 * bands) of each sound
    textures: list[Array]  # (examples, values) of each sound
    sound_labels: Array  # (sounds, classes)
    classes: list[str]  # of the sounds
    heard: list[str]  # fold of each sound


def read(data: Path) -> Sources:
    """Needs `exercises/` and `esc10/`."""
    exercises = json.loads((data / "exercises" / "exercises.json").read_text(encoding="utf-8"))
    texts = [f"{e['name']}\n{' '.join(e['instructions'])}" for e in exercises]
    said = [tags_of(exercise) for exercise in exercises]
    names = sorted({tag for tags in said for tag in tags})
    tags = np.array([[name in tags for name in names] for tags in said], np.float32)
    paths = [[data / "exercises" / "photos" / name for name in e["images"]] for e in exercises]
    photos = np.stack([[_picture(path) for path in mine] for mine in paths]).astype(np.float32)
    with (data / "esc10" / "clips.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    classes = sorted({row["label"] for row in rows})
    examples = [_examples(next((data / "esc10").rglob(row["file"]))) for row in rows]
    sounds = np.stack([_described(mine.reshape(-1, mine.shape[-1])) for mine in examples])
    sequences = [np.stack([_described(example) for example in mine]) for mine in examples]
    textures = [TextureExtractor().described(mine) for mine in examples]
    labels = np.array([[row["label"] == name for name in classes] for row in rows], np.float32)
    folds = [row["fold"] for row in rows]
    return Sources(texts, photos.mean(axis=1), photos, tags, names, sounds, sequences, textures, labels, classes, folds)


def compose(sources: Sources, seed: int) -> tuple[Clips, Clips]:
    """A fifth of the exercises and one fold of the sounds are for the test."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(sources.texts))
    test, train = np.split(order, [len(order) // 5])
    table = GramTable.count([sources.texts[i] for i in train])
    encoded = table.encode(sources.texts)
    text = TruncatedSVD(96, random_state=0).fit(encoded[train]).transform(encoded)
    pictures = PCA(96, random_state=0).fit(sources.pictures[train]).transform(sources.pictures)
    # Levels of bands lie far apart: unless each is centred by itself, they are all that a network hears.
    known = sources.sounds[[fold != TEST_FOLD for fold in sources.heard]]
    heard = (sources.sounds - known.mean(axis=0)) / known.std(axis=0)
    parts = []
    for rows, held_out in ((train, False), (test, True)):
        usable = np.flatnonzero([(fold == TEST_FOLD) == held_out for fold in sources.heard])
        sounds = random.choice(usable, len(rows))
        vectors = {"text": text[rows], "frames": pictures[rows], "sound": heard[sounds]}
        present = {n: torch.from_numpy(random.random((len(rows), 1)) >= ABSENT) for n in vectors}
        tensors = {n: torch.where(present[n], torch.from_numpy(v.astype(np.float32)), 0.0) for n, v in vectors.items()}
        labels = np.concatenate([sources.tags[rows], sources.sound_labels[sounds]], axis=1)
        parts.append(Clips(Inputs(tensors, present, sparse.csr_matrix((len(rows), 0))), labels))
    return parts[0], parts[1]


def tags_of(exercise: dict[str, object]) -> set[str]:
    single = {f"{kind}: {exercise[kind]}" for kind in SINGLE if exercise.get(kind)}
    muscles = [*exercise["primaryMuscles"], *exercise["secondaryMuscles"]]  # type: ignore[misc]
    return single | {f"muscle: {name}" for name in muscles}


def _picture(path: Path) -> Array:
    with Image.open(path) as file:
        pixels = np.asarray(ImageOps.fit(file.convert("RGB"), (_SIDE, _SIDE)), np.float32) / 255
    grey = pixels.mean(axis=-1)
    down, right = np.gradient(grey)
    strength, angle = np.hypot(down, right), (np.arctan2(down, right) % np.pi) / np.pi
    bins = np.minimum((angle * _BINS).astype(int), _BINS - 1)
    cell = np.arange(_SIDE) * _CELLS // _SIDE
    place = (cell[:, None] * _CELLS + cell[None]) * _BINS + bins
    edges = np.bincount(place.ravel(), strength.ravel(), _CELLS * _CELLS * _BINS)
    colours = [np.histogram(pixels[..., c], 8, (0, 1))[0] / grey.size for c in range(3)]
    small = grey.reshape(16, 4, 16, 4).mean(axis=(1, 3)).ravel()
    return np.concatenate([edges / (edges.sum() + 1e-6) * 4, *colours, small]).astype(np.float32)


def _examples(path: Path) -> Array:
    """(examples, frames, bands)."""
    heard = media.decode(path, rate=logmel.RATE).sound
    assert heard is not None, f"{path} has no sound"
    return logmel.examples(heard)


def _described(bands: Array) -> Array:
    """(frames, bands) -> mean and deviation of each band."""
    return np.concatenate([bands.mean(axis=0), bands.std(axis=0)]).astype(np.float32)
