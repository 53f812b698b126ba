"""Labelled clips from a file of JSON lines: {"title", "description", "cover_text", "tags": ["a > b", "c"], "split"}."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ml.types import Example, Snapshot, Tag, VideoInput, Vocabulary

BELOW = " > "  # between a tag and the one below it
TEST = 20  # per cent, of clips that name no split


class TableError(ValueError):
    """A line cannot be read; the text names it."""


def read(path: Path) -> Snapshot:
    """The clips of the file; `split` is train or test, by lot where it is missing. Raises TableError."""
    rows = list(_rows(path))
    vocabulary = _vocabulary(name for row in rows for name in row["tags"])
    ids = {name: number for number, name in enumerate(_paths(name for row in rows for name in row["tags"]))}
    examples = [
        Example(
            VideoInput(number, *_texts(row)),
            frozenset(ids[name] for name in row["tags"]),
            split=row.get("split") or _split(row),
        )
        for number, row in enumerate(rows)
    ]
    return Snapshot(path.stem, vocabulary, examples)


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise TableError(f"{path}, line {number}: not JSON ({error.msg})") from None
            if not isinstance(row, dict) or not isinstance(row.get("tags"), list):
                raise TableError(f"{path}, line {number}: an object with a list `tags` is needed")
            if row.get("split") not in {None, "train", "test"}:
                raise TableError(f"{path}, line {number}: split {row['split']!r}; known: train, test")
            yield row


def _texts(row: dict[str, Any]) -> tuple[str, str, str]:
    return str(row.get("title", "")), str(row.get("description", "")), str(row.get("cover_text", ""))


def _paths(names: Iterable[str]) -> list[str]:
    """Every tag that is named, and those above them, in the order of their names."""
    parts = (name.split(BELOW) for name in names)
    return sorted({BELOW.join(path[: depth + 1]) for path in parts for depth in range(len(path))})


def _vocabulary(names: Iterable[str]) -> Vocabulary:
    paths = _paths(names)
    ids = {path: number for number, path in enumerate(paths)}
    tags = (Tag(ids[p], p.split(BELOW)[-1], (p.split(BELOW)[-1],), ids.get(p.rpartition(BELOW)[0])) for p in paths)
    return Vocabulary(tuple(tags))


def _split(row: dict[str, Any]) -> str:
    return "test" if zlib.crc32(json.dumps(row, sort_keys=True).encode()) % 100 < TEST else "train"
