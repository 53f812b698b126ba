"""A bundle: one immutable folder with every trained part of the stack, its vocabulary, and a hash of each file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ml.types import Tag, Vocabulary

FORMAT = 1
MANIFEST = "bundle.json"
TAGS = "tags.jsonl"
REMEDY = "Bring the folder back from a backup or the archive, or train and promote another version."


class BundleError(ValueError):
    """The folder is no bundle, of another format, or not what was written."""


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself."""

    name: str
    stack: str
    config: Mapping[str, Any]  # the whole stack configuration it was trained with
    recallers: Sequence[str]  # registered names, in the order of the calibrator's inputs
    ranker: str
    calibrator: str
    snapshot: str  # hash of the snapshot it learned from
    taxonomy_version: int | None = None
    parent: str | None = None  # name of the bundle it was warmed up from
    parts: Mapping[str, str] = field(default_factory=dict)  # folder of a part -> from what it was trained, as a hash
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    format: int = FORMAT
    files: Mapping[str, str] = field(default_factory=dict)  # relative path -> sha256


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read and found whole."""

    folder: Path
    manifest: Manifest
    vocabulary: Vocabulary


def seal(folder: Path, manifest: Manifest) -> None:
    """Write the manifest last, with the hash of every file that is there."""
    (folder / MANIFEST).unlink(missing_ok=True)  # of a process that was killed right after it wrote it
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in paths:
        path.chmod(0o644)  # safetensors makes its files private; other workers must read them
    files = {path.relative_to(folder).as_posix(): _sha256(path) for path in paths}
    content = asdict(manifest) | {"files": files}
    (folder / MANIFEST).write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def read(folder: Path) -> Bundle:
    """Read and verify a bundle; BundleError says what is wrong with it."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError(f"{folder} is no bundle: {MANIFEST} is missing")
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("format") != FORMAT:
        raise BundleError(f"{folder} has format {content.get('format')!r}; this version reads {FORMAT}")
    manifest = Manifest(**content)
    for name, expected in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise BundleError(f"{folder} is damaged: {name} is missing. {REMEDY}")
        if _sha256(file) != expected:
            raise BundleError(f"{folder} is damaged: {name} was changed. {REMEDY}")
    return Bundle(folder, manifest, read_tags(folder / TAGS))


def read_tags(path: Path) -> Vocabulary:
    """The tags of a `tags.jsonl`, in file order."""
    tags = []
    with path.open(encoding="utf-8") as lines:  # not splitlines(): a name may hold U+2028
        for number, line in enumerate(lines, start=1):
            try:
                tags.append(_tag(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path}:{number}: not a tag ({error!r})") from error
    return Vocabulary(tuple(tags))


def _tag(row: Mapping[str, Any]) -> Tag:
    names = tuple(row.get("names") or (row["name"],))
    kind, usable = row.get("kind", "category"), row.get("assignable", True)
    relations = tuple((str(kind), int(other)) for kind, other in row.get("relations", ()))
    return Tag(int(row["id"]), row["name"], names, row.get("parent"), kind, usable, relations)


def write_tags(path: Path, vocabulary: Vocabulary) -> None:
    """The inverse of `read_tags`."""
    lines = (json.dumps(asdict(tag), ensure_ascii=False) + "\n" for tag in vocabulary)
    path.write_text("".join(lines), encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
