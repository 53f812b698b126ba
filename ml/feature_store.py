"""Features on disk, found again by what they were computed from and by whom."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ml.types import Array

_KEY = re.compile(r"[0-9a-f]{8,128}")
_EXTRACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Entry = tuple[str, str, Mapping[str, Array]]  # key, extractor, arrays


@dataclass(frozen=True)
class FeatureStore:
    """A folder of safetensors files: root/extractor/a/abcdef….safetensors.

    The key is the sha256 of the media file or of the text; the extractor's name holds its version and a hash of
    its weights, so an entry never goes stale and is never changed. Several processes may share a store: a name
    appears with the whole file, and two writers of one entry write the same.

    Entries that were put together are one file with several names (hard links): making a file costs twenty times
    what naming it does.
    """

    root: Path

    def path(self, key: str, extractor: str) -> Path:
        """Where the entry is kept; ValueError for a key or name that is not one."""
        return Path(self._name(key, extractor))

    def _name(self, key: str, extractor: str) -> str:
        """As a string: a batch asks for hundreds, and a `Path` of five parts costs more than looking it up."""
        if not _KEY.fullmatch(key) or not _EXTRACTOR.fullmatch(extractor):
            raise ValueError(f"not a feature key: {extractor}/{key}")
        return f"{self.root}/{extractor}/{key[0]}/{key}.safetensors"

    def has(self, key: str, extractor: str) -> bool:
        return self.path(key, extractor).is_file()

    def get(self, key: str, extractor: str) -> dict[str, Array] | None:
        """The stored arrays; None when there are none or the file is damaged (it is then computed anew)."""
        own, name = _prefix(key, extractor), self._name(key, extractor)
        if not os.path.exists(name):  # half the time of an exception, and of a new clip nothing is there
            return None
        try:
            with safe_open(name, framework="numpy") as file:  # type: ignore[no-untyped-call]
                names = [name for name in file.keys() if name.startswith(own) or "/" not in name]  # noqa: SIM118
                return {name.removeprefix(own): file.get_tensor(name) for name in names}
        except (FileNotFoundError, SafetensorError):
            return None

    def put(self, key: str, extractor: str, arrays: Mapping[str, Array]) -> None:
        """Store `arrays`; an empty mapping says that the source has nothing to extract."""
        self.put_all([(key, extractor, arrays)])

    def keys(self, extractor: str) -> Iterator[str]:
        """Of all entries of an extractor."""
        for path in (self.root / extractor).glob("?/*.safetensors"):
            yield path.stem

    def extractors(self, prefix: str) -> list[str]:
        """Those whose name begins so: one registered extractor has a name for each of its settings."""
        return sorted(path.name for path in self.root.glob(f"{prefix}*") if path.is_dir())

    def forget(self, key: str, extractor: str) -> None:
        """Take the name away; the content goes with it when the entry was stored by itself."""
        self.path(key, extractor).unlink(missing_ok=True)

    def forget_older(self, extractor: str, days: float) -> None:
        """Clear away what was computed longer ago than that: for entries that nobody will ask for again."""
        oldest = time.time() - 86_400 * days
        for file in (self.root / extractor).glob("*/*.safetensors"):
            with suppress(FileNotFoundError):  # another process does the same
                if file.stat().st_mtime < oldest:
                    file.unlink()

    def put_all(self, entries: Sequence[Entry]) -> None:
        """Store several entries as one file."""
        if not entries:
            return
        targets = [self.path(key, extractor) for key, extractor, _ in entries]
        content = {_prefix(key, by) + name: array for key, by, arrays in entries for name, array in arrays.items()}
        pack = self.root / f".{uuid4().hex}"
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            pack.write_bytes(save(content))
            for target in targets:
                _name(pack, target)
        finally:
            pack.unlink(missing_ok=True)


def _prefix(key: str, extractor: str) -> str:
    """What the arrays of an entry are called in its file; a file of one entry may do without."""
    return f"{extractor}/{key}/"


def _name(pack: Path, target: Path) -> None:
    try:
        os.link(pack, target)
    except OSError:  # its folder is new, there is one (perhaps a damaged one), or files have one name only there
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(pack, target)


def _replace(pack: Path, target: Path) -> None:
    temporary = target.with_name(f".{uuid4().hex}")
    try:
        try:
            os.link(pack, temporary)
        except OSError:
            temporary.write_bytes(pack.read_bytes())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)  # only there when something went wrong
