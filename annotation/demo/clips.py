"""The table of demo clips: what to draw, what the uploader wrote, what is true."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from annotation.demo import film, scenes
from annotation.demo.sounds import Track

TABLE = Path(__file__).with_name("clips.toml")
LINES = ("recommendation", "search", "advertising")
TEXTS = ("title", "description", "cover_text", "uploader", "program")


@dataclass(frozen=True)
class DemoClip:
    """One clip of the demo world."""

    id: str
    scene: str
    seed: int
    seconds: float
    texts: Mapping[str, str]
    tags: Mapping[str, tuple[str, ...]]  # business line -> codes its reviewers give, the surest first
    audio: str = "scene"  # scene | muted (a silent stream) | absent (no stream)
    review: str = ""  # first | later | empty: waits in the queue
    copy_of: str = ""  # id of the clip that somebody else uploaded before

    @property
    def file(self) -> str:
        return f"{self.id}.mp4"

    def shoot(self, folder: Path) -> Path:
        """Draw and film it into the folder, unless it is there already."""
        path = folder / self.file
        if not path.exists() and self.copy_of:
            film.upload_again(folder / f"{self.copy_of}.mp4", path)
        elif not path.exists():
            scene = scenes.find(self.scene)(self.seed, self.seconds)
            if self.audio == "muted":
                scene.sound = _silence  # type: ignore[method-assign]
            film.shoot(scene, path, silent=self.audio == "absent")
        return path


def _silence(track: Track) -> None:
    """Mix nothing in."""


def load(table: Path = TABLE) -> list[DemoClip]:
    """All clips, in the order of the table."""
    rows = tomllib.loads(table.read_text(encoding="utf-8"))["clip"]
    drawn = {row["id"]: row for row in rows if "copy_of" not in row}
    return [_clip(_drawn(drawn[row["copy_of"]]) | row if "copy_of" in row else row) for row in rows]


def _drawn(row: dict[str, object]) -> dict[str, object]:
    """What a copy has of its original: neither its texts nor its review."""
    return {name: value for name, value in row.items() if name not in {*TEXTS, "review"}}


def _clip(row: dict[str, object]) -> DemoClip:
    common = _codes(row, "tags")
    return DemoClip(
        id=str(row["id"]),
        scene=str(row["scene"]),
        seed=int(str(row["seed"])),
        seconds=float(str(row["seconds"])),
        texts={name: str(row.get(name, "")) for name in TEXTS},
        tags={line: (*common, *_codes(row, line)) for line in LINES},
        audio=str(row.get("audio", "scene")),
        review=str(row.get("review", "")),
        copy_of=str(row.get("copy_of", "")),
    )


def _codes(row: dict[str, object], field: str) -> tuple[str, ...]:
    codes = row.get(field, [])
    assert isinstance(codes, list)
    return tuple(str(code) for code in codes)


def shoot_all(clips: Sequence[DemoClip], folder: Path, processes: int = 2) -> Iterator[Path]:
    """Film all clips, several at a time. A clip that exists is kept, so this may be started again."""
    # The long ones first, so that no process is left alone with one at the end.
    order = sorted((clip for clip in clips if not clip.copy_of), key=lambda clip: -clip.seconds)
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(partial(_shoot, folder=folder), order)
    for copy in clips:
        if copy.copy_of:
            yield copy.shoot(folder)


def _shoot(clip: DemoClip, folder: Path) -> Path:
    return clip.shoot(folder)


def write_table(clips: Sequence[DemoClip], path: Path) -> None:
    """The clips as a CSV file for the intake; `media` is relative to the folder they were filmed into."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", *TEXTS, "media"])
        writer.writeheader()
        for clip in clips:
            writer.writerow({"id": clip.id, **clip.texts, "media": clip.file})
