"""Reading a snapshot folder: manifest.json, tags.jsonl, videos.jsonl."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ml.bundle import TAGS, read_tags
from ml.types import Example, Fetchable, Snapshot, VideoInput

Clips = Callable[[str], Path | Fetchable]

SPLITS = ("train", "dev", "test")
VIDEOS = "videos.jsonl"


class SnapshotError(ValueError):
    """What is wrong with a snapshot, with file and line."""


def read(folder: Path, clips: Clips | None = None) -> Snapshot:
    """Read and verify a snapshot; each fault is a SnapshotError that names the place.

    `clips` finds the media by the names in the snapshot; without it they are files below the manifest's `media_root`.
    """
    manifest = read_manifest(folder)
    found = content_hash(folder)
    if manifest.get("hash") != found:
        raise SnapshotError(f"{folder / 'manifest.json'}: the snapshot was changed, its hash is now {found[:12]}…")
    vocabulary = read_tags(folder / TAGS)
    root = Path(manifest.get("media_root") or folder)
    return Snapshot(found, vocabulary, read_videos(folder / VIDEOS, clips or root))


def read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise SnapshotError(f"{folder} is no snapshot: manifest.json is missing")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if manifest.get("format") != 1:
        raise SnapshotError(f"{path}: format {manifest.get('format')!r} is not known; this version reads 1")
    return manifest


def content_hash(folder: Path) -> str:
    """sha256 over the bytes of tags.jsonl and videos.jsonl."""
    digest = hashlib.sha256()
    for name in (TAGS, VIDEOS):
        with (folder / name).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def check(snapshot: Snapshot) -> None:
    """A snapshot that cannot be trained on and judged honestly is refused."""
    for split in SPLITS:
        if not snapshot.split(split):
            raise SnapshotError(f"The {split} split of the snapshot is empty: review more videos first.")
    if not any(example.tags for example in snapshot.split("train")):
        raise SnapshotError("No video of the train split has a tag: there is nothing to learn.")


def read_videos(path: Path, clips: Clips | Path) -> list[Example]:
    """The lines of a videos.jsonl; labels may be left out. Below a folder of clips, `media` stays inside it."""
    find = partial(_inside, clips) if isinstance(clips, Path) else clips
    examples = []
    with path.open(encoding="utf-8") as lines:  # not splitlines(): a title may hold U+2028
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                examples.append(_example(json.loads(line), find))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SnapshotError(f"{path}:{number}: not a video ({error!r})") from error
    return examples


def _example(row: Mapping[str, Any], clips: Clips) -> Example:
    split = row.get("split", "train")
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is none of {', '.join(SPLITS)}")
    texts = {name: str(row.get(name) or "") for name in ("title", "description", "cover_text", "uploader", "program")}
    media = clips(row["media"]) if row.get("media") else None
    video = VideoInput(int(row["id"]), **texts, media=media, content_hash=row.get("content_hash"))
    tags, rejected = (frozenset(int(tag) for tag in row.get(name) or ()) for name in ("tags", "rejected"))
    lines = {int(line): frozenset(int(tag) for tag in said) for line, said in (row.get("lines") or {}).items()}
    return Example(video, tags, rejected - tags, split, lines)


def _inside(root: Path, name: str) -> Path:
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        raise ValueError(f"media {name!r} lies outside {root}")
    return path
