"""A folder of an admin's own clips with the table that describes them, and the taxonomy they are tagged in."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from annotation import snapshots
from taxonomy import versions
from taxonomy.models import Tag
from tests.browser.review_desk import named
from tests.ml.media_files import make_clip

SOURCE = "holiday"
COLUMNS = ("clip no", "标题", "file", "labels")
LOOKS = {"Rain": ((40, 60, 110), 300), "Cooking": ((200, 90, 30), 900), "Concert": ((90, 20, 110), 2000)}
TAGGED = {"train": 6, "dev": 3, "test": 3}  # clips a split, each kind once or twice
UNTAGGED = (
    "Rain during the concert",
    "Cooking in the rain",
    "A concert while cooking",
    "The concert in the rain goes on",
    "More cooking, more rain",
)


@dataclass(frozen=True)
class ClipFolder:
    """Twelve clips of three kinds that come with their tags, and five without, each of whose titles names two kinds."""

    path: Path
    tagged: int
    untagged: int

    @property
    def table(self) -> Path:
        return self.path / "clips.csv"

    @property
    def clips(self) -> int:
        return self.tagged + self.untagged


def make_taxonomy() -> dict[str, Tag]:
    """Published: the three kinds below one category, and an open tag that no clip brings along."""
    scene = named("Scene", assignable=False)
    tags = {kind: named(kind, parent=scene) for kind in LOOKS} | {"Umbrella": named("Umbrella", kind="content")}
    versions.publish()
    return tags


def make_folder(path: Path) -> ClipFolder:
    """Clips of two seconds, no two alike, and a table with one row too many: its tag does not exist."""
    rows = [*_tagged(path), *_untagged(path)]
    rows.append(["odd", "A clip with an odd tag", "", "No such tag"])
    with (path / "clips.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return ClipFolder(path, sum(TAGGED.values()), len(UNTAGGED))


def _tagged(path: Path) -> Iterator[list[str]]:
    for split, clips in TAGGED.items():
        for n, external_id in zip(range(clips), ids(split), strict=False):
            kind = [*LOOKS][n % len(LOOKS)]
            yield [external_id, f"{kind} number {external_id}", _shoot(path, kind, external_id), kind]


def _untagged(path: Path) -> Iterator[list[str]]:
    # Of the train split, after those that are taken: what is learned from them is never tested on.
    free = list(zip(range(TAGGED["train"] + len(UNTAGGED)), ids("train"), strict=False))[TAGGED["train"] :]
    for (_n, external_id), title in zip(free, UNTAGGED, strict=True):
        yield [external_id, title, _shoot(path, kinds(title)[0], external_id), ""]


def kinds(title: str) -> list[str]:
    """Those that the title names."""
    return [kind for kind in LOOKS if kind.lower() in title.lower()]


def ids(split: str) -> Iterator[str]:
    """Ids of videos that belong to the split."""
    return (str(n) for n in count() if snapshots.split(SOURCE, str(n)) == split)


def _shoot(path: Path, kind: str, external_id: str) -> str:
    colour, tone = LOOKS[kind]
    n = int(external_id)
    # VP8 and Opus: every Chromium plays them.
    name = f"{external_id}.webm"
    make_clip(path / name, 2, (160, 96), 6, tone + 10 * n, (colour[0], colour[1], min(255, colour[2] + n)))
    return name
