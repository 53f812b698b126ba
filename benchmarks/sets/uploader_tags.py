"""Videos with the tags their uploaders gave them, split by channel: uploaders reuse blocks of tags."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml.types import Example, Snapshot, Tag, VideoInput, Vocabulary

VIDEOS, CHANNELS = 10, 3  # that must use a tag before it is part of the vocabulary
SHARES = {"test": 1 / 8, "dev": 1 / 12}  # of the channels; the rest is learned from

Row = dict[str, str]


def find(data: Path) -> dict[str, list[Path]]:
    """Name of each set below a folder -> its train.csv, and its test.csv where there is one."""
    found = {}
    for path in sorted(data.rglob("train.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file), [])
        if {"title", "channel_id", "channel_title", "category_name", "tags"} <= set(head):
            found[path.parent.name] = [path, *path.parent.glob("test.csv")]
    return found


def read(files: Sequence[Path], seed: int, share: float = 1.0) -> Snapshot:
    """A snapshot whose splits have no channel in common. `share`: of the videos to learn from.

    The vocabulary is made of all of train.csv. Videos without a tag of it are learned from and not judged.
    """
    rows = _rows(files[0])
    vocabulary = _vocabulary(rows)
    split = _channels(rows, seed)
    draw = np.random.default_rng(seed)
    kept = [row for row in rows if split[row["channel_id"]] != "train" or draw.random() < share]
    examples = [_example(i, row, split[row["channel_id"]], vocabulary) for i, row in enumerate(kept)]
    for path in files[1:]:  # a test file of its own takes the place of the test channels
        examples = [example for example in examples if example.split != "test"]
        examples += [_example(len(kept) + i, row, "test", vocabulary) for i, row in enumerate(_rows(path))]
    ids = {name: number for number, name in enumerate(vocabulary, start=1)}
    tags = Vocabulary(tuple(Tag(number, name, (name,), kind="content") for name, number in ids.items()))
    judged = [example for example in examples if example.split == "train" or example.tags]
    return Snapshot(f"{files[0].parent.name}-{seed}-{share}", tags, judged)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _tags(row: Row) -> set[str]:
    return {tag.strip().lower() for tag in row["tags"].split(",")} - {""}


def _vocabulary(rows: Sequence[Row]) -> dict[str, int]:
    """Tags by name, each with its number."""
    videos: Counter[str] = Counter()
    channels: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        for tag in _tags(row):
            videos[tag] += 1
            channels[tag].add(row["channel_id"])
    names = sorted(tag for tag, n in videos.items() if n >= VIDEOS and len(channels[tag]) >= CHANNELS)
    return {name: number for number, name in enumerate(names, start=1)}


def _channels(rows: Sequence[Row], seed: int) -> dict[str, str]:
    """The split of each channel."""
    channels = sorted({row["channel_id"] for row in rows})
    np.random.default_rng(seed).shuffle(channels)
    first, second = (int(share * len(channels)) for share in SHARES.values())
    names = ["test"] * first + ["dev"] * second + ["train"] * (len(channels) - first - second)
    return dict(zip(channels, names, strict=True))


def _example(number: int, row: Row, split: str, vocabulary: dict[str, int]) -> Example:
    """Channel and category stand below the title: what a platform knows of a clip before anyone tagged it."""
    context = f"{row['channel_title']}\n{row['category_name']}"
    video = VideoInput(number, title=row["title"], description=context, uploader=row["channel_title"])
    return Example(video, frozenset(vocabulary[tag] for tag in _tags(row) if tag in vocabulary), split=split)
