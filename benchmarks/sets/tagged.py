"""Sets of videos with tags, ready for recallers and rankers: no media are decoded and no network describes them.

Texts are TF-IDF of n-grams by singular values, photos what `composed` makes of them, sounds log-mel statistics. Tags
are described by their names in the same space as the texts.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA, TruncatedSVD

from benchmarks.sets import composed as clips
from ml.layers.grams import GramTable
from ml.parts import TrainingSet
from ml.types import Array, Features, Tag, VideoInput, Vocabulary

WIDTH = 128  # of the texts' vectors
COMMON = 20  # uploads that an uploader's tag must be on
UPLOADS = 8000  # of the uploads, those that are taken
DEV = 0.15  # of what is not for the test


class Videos(NamedTuple):
    """Videos of one split, before they are described."""

    inputs: list[VideoInput]
    tags: list[frozenset[int]]
    frames: list[Array | None]
    sound: list[Array | None]
    textures: list[Array | None]


class TaggedSet(NamedTuple):
    """Videos to learn from, to calibrate on, and to judge by."""

    train: TrainingSet
    dev: TrainingSet
    test: TrainingSet
    complete: bool  # whether an unsaid tag is a wrong one


def exercises(data: Path, seed: int) -> TaggedSet:
    """Photos and texts; a fifth of the exercises is for the test."""
    sources = _sources(data)
    test, train = _cut(len(sources.texts), 0.2, seed)
    vocabulary = _flat([*sources.names])
    pictures = _pictures(sources.photos, train)

    def take(rows: NDArray[np.int64]) -> Videos:
        said = [frozenset(np.flatnonzero(sources.tags[i]).tolist()) for i in rows]
        return Videos([_titled(sources, i) for i in rows], said, [pictures[i] for i in rows], *_unheard(rows))

    return _described(vocabulary, take(train), take(test), seed, complete=True)


def composed(data: Path, seed: int) -> TaggedSet:
    """Photos, texts and a sound of ESC-10 each, all split by source, each modality missing from some."""
    sources = _sources(data)
    random = np.random.default_rng(seed)
    test, train = _cut(len(sources.texts), 0.2, seed)
    vocabulary = _flat([*sources.names, *(f"sound: {name}" for name in sources.classes)])
    pictures = _pictures(sources.photos, train)

    def take(rows: NDArray[np.int64], held_out: bool) -> Videos:
        usable = np.flatnonzero([(fold == clips.TEST_FOLD) == held_out for fold in sources.heard])
        heard = random.choice(usable, len(rows))
        both = np.concatenate([sources.tags[rows], sources.sound_labels[heard]], axis=1)
        there = random.random((3, len(rows))) >= clips.ABSENT
        inputs = [_titled(sources, i) if t else VideoInput(int(i)) for i, t in zip(rows, there[0], strict=True)]
        frames = [pictures[i] if t else None for i, t in zip(rows, there[1], strict=True)]
        sound = [sources.sequences[i] if t else None for i, t in zip(heard, there[2], strict=True)]
        textures = [sources.textures[i] if t else None for i, t in zip(heard, there[2], strict=True)]
        return Videos(inputs, [frozenset(np.flatnonzero(row).tolist()) for row in both], frames, sound, textures)

    return _described(vocabulary, take(train, False), take(test, True), seed, complete=True)


def kuairec(data: Path, seed: int) -> TaggedSet:
    """Chinese titles; a video's tags are the categories of its path and its further top-level ones."""
    folder = data / "kuairec"
    with (folder / "taxonomy.csv").open(encoding="utf-8") as file:
        nodes = list(csv.DictReader(file))
    parents = {int(node["id"]): int(node["parent_id"]) if node["parent_id"] else None for node in nodes}
    tags = [Tag(int(node["id"]), node["name"], (node["name"],), parents[int(node["id"])]) for node in nodes]
    vocabulary = Vocabulary(tuple(tags))
    judged = "test.csv" if (folder / "test.csv").is_file() else "dev.csv"
    paths = {tuple(t.name for t in _path(tag, vocabulary)): _path(tag, vocabulary) for tag in tags}

    def take(name: str) -> Videos:
        with (folder / name).open(encoding="utf-8") as file:
            read = list(csv.DictReader(file))
        rows = [row for row in read if tuple(row["category_path"].split(" > ")) in paths]
        inputs = [VideoInput(int(r["video_id"]), r["caption"], r["hashtags"], r["cover_text"]) for r in rows]
        said = [
            frozenset(tag.id for tag in paths[tuple(row["category_path"].split(" > "))])
            | frozenset(json.loads(row["extra_top_level"] or "[]")) & frozenset(vocabulary.ids)
            for row in rows
        ]
        return Videos(inputs, said, [None] * len(rows), *_unheard(rows))

    return _described(vocabulary, take("train.csv"), take(judged), seed, complete=True)


def youtube(data: Path, seed: int) -> TaggedSet:
    """English titles with uploaders' tags, split by channel: what an uploader left out may well be true."""
    with (data / "youtube" / "train.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    random = np.random.default_rng(seed)
    rows = [rows[i] for i in np.sort(random.permutation(len(rows))[:UPLOADS])]
    said = [{name for part in row["tags"].split(",") if (name := part.strip().casefold())} for row in rows]
    channels = sorted({row["channel_id"] for row in rows})
    held_out = set(random.permutation(channels)[: len(channels) // 5])
    counts = Counter(n for mine, row in zip(said, rows, strict=True) if row["channel_id"] not in held_out for n in mine)
    vocabulary = _flat(sorted(name for name, count in counts.items() if count >= COMMON * UPLOADS // 24_000))
    column = {tag.name: tag.id for tag in vocabulary}
    known = [frozenset(column[name] for name in mine if name in column) for mine in said]

    def take(test: bool) -> Videos:
        mine = [i for i, row in enumerate(rows) if (row["channel_id"] in held_out) == test and known[i]]
        inputs = [VideoInput(i, rows[i]["title"], rows[i]["category_name"], rows[i]["channel_title"]) for i in mine]
        return Videos(inputs, [known[i] for i in mine], [None] * len(mine), *_unheard(mine))

    return _described(vocabulary, take(False), take(True), seed, complete=False)


SETS: dict[str, Callable[[Path, int], TaggedSet]] = {
    "exercises": exercises,
    "composed": composed,
    "kuairec": kuairec,
    "youtube": youtube,
}


def present(data: Path, names: Sequence[str]) -> list[str]:
    """Those of the named sets whose files lie in the folder."""
    needs = {"exercises": ("exercises", "esc10"), "composed": ("exercises", "esc10")}
    return [name for name in names if all((data / part).is_dir() for part in needs.get(name, (name,)))]


_sources = cache(clips.read)  # the photos and sounds are the same under every seed


def _described(vocabulary: Vocabulary, train: Videos, test: Videos, seed: int, complete: bool) -> TaggedSet:
    texts = [video.text() for video in train.inputs]
    table = GramTable.count(texts)
    encoded = table.encode(texts)
    turn = TruncatedSVD(min(WIDTH, encoded.shape[1] - 1), random_state=0).fit(encoded)
    vectors: Callable[[list[str]], Array] = lambda lines: _unit(turn.transform(table.encode(lines)))
    names = vectors([" ".join(tag.names) for tag in vocabulary])
    whole, judged = (_training_set(vocabulary, names, videos, vectors) for videos in (train, test))
    dev, rest = _cut(len(whole), DEV, seed + 1)
    return TaggedSet(whole.subset(rest.tolist()), whole.subset(dev.tolist()), judged, complete)


def _training_set(
    vocabulary: Vocabulary, names: Array, videos: Videos, vectors: Callable[[list[str]], Array]
) -> TrainingSet:
    texts = [video.text() for video in videos.inputs]
    features = [
        Features(video, vector if text else None, frames, None if frames is None else _seconds(frames), sound, texture)
        for video, text, vector, frames, sound, texture in zip(
            videos.inputs, texts, vectors(texts), videos.frames, videos.sound, videos.textures, strict=True
        )
    ]
    return TrainingSet(vocabulary, names, features, videos.tags, [frozenset()] * len(features))


def _unheard(videos: Sequence[object] | NDArray[np.int64]) -> tuple[list[Array | None], list[Array | None]]:
    """Sound and its texture of videos that have none."""
    return [None] * len(videos), [None] * len(videos)


def _seconds(frames: Array) -> Array:
    return np.arange(len(frames), dtype=np.float32)


def _unit(rows: Array) -> Array:
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _pictures(photos: Array, train: NDArray[np.int64]) -> Array:
    """(exercises, 2, values) by the main components of the photos to learn from."""
    flat = photos.reshape(-1, photos.shape[-1])
    turn = PCA(96, random_state=0).fit(photos[train].reshape(-1, photos.shape[-1]))
    return turn.transform(flat).reshape(len(photos), photos.shape[1], -1).astype(np.float32)


def _flat(names: Sequence[str]) -> Vocabulary:
    spoken = [(name.split(": ")[-1],) for name in names]
    return Vocabulary(tuple(Tag(i, name, spoken[i], kind="content") for i, name in enumerate(names)))


def _path(tag: Tag, vocabulary: Vocabulary) -> list[Tag]:
    above = [] if tag.parent is None else _path(vocabulary.tags[vocabulary.column[tag.parent]], vocabulary)
    return [*above, tag]


def _cut(count: int, share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the share and of the rest."""
    order = np.random.default_rng(seed).permutation(count)
    return np.sort(order[: int(count * share)]), np.sort(order[int(count * share) :])


def _titled(sources: clips.Sources, i: int) -> VideoInput:
    title, _, rest = sources.texts[i].partition("\n")
    return VideoInput(int(i), title, rest)
