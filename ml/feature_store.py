"""Features on disk, found again by what they were computed from and by whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from safetensors import SafetensorError
from safetensors.numpy import load, save

from ml.types import Array

_KEY = re.compile(r"[0-9a-f]{8,128}")
_EXTRACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class FeatureStore:
    """A folder of small safetensors files: root/extractor/a/abcdef….safetensors.

    The key is the sha256 of the media file or of the text; the extractor's name holds its version and a hash of
    its weights, so an entry never goes stale and is never changed. Several processes may share a store: a file
    appears whole by renaming, and two writers of one entry write the same.
    """

    root: Path

    def path(self, key: str, extractor: str) -> Path:
        """Where the entry is kept; ValueError for a key or name that is not one."""
        if not _KEY.fullmatch(key) or not _EXTRACTOR.fullmatch(extractor):
            raise ValueError(f"not a feature key: {extractor}/{key}")
        return self.root / extractor / key[:1] / f"{key}.safetensors"

    def has(self, key: str, extractor: str) -> bool:
        return self.path(key, extractor).is_file()

    def get(self, key: str, extractor: str) -> dict[str, Array] | None:
        """The stored arrays; None when there are none or the file is damaged (it is then computed anew)."""
        try:
            return load(self.path(key, extractor).read_bytes())
        except (FileNotFoundError, SafetensorError):
            return None

    def put(self, key: str, extractor: str, arrays: Mapping[str, Array]) -> None:
        """Store `arrays`; an empty mapping says that the source has nothing to extract."""
        target = self.path(key, extractor)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{uuid4().hex}")
        try:
            temporary.write_bytes(save(dict(arrays)))
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)  # only there when something went wrong
