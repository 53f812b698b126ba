"""Copies of files that lie elsewhere, on this machine's disk, bounded: what was used longest ago goes first."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

IN_USE = ".use-"
FORGOTTEN = 24 * 3600  # seconds; nobody reads one file that long, so its reader has died


@dataclass(frozen=True)
class FileCache:
    """A folder shared by all processes of the machine, at most `limit` bytes and the files in use.

    A reader gets a hard link of its own: the file may leave the cache while it is read, and a file has its name only
    when it is whole.
    """

    root: Path
    limit: int

    @contextlib.contextmanager
    def file(self, name: str, fetch: Callable[[Path], None]) -> Iterator[Path]:
        """The copy of `name`, fetched when it is not there; for the length of the block."""
        kept = self.root / name
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=IN_USE, dir=self.root) as folder:
            mine = Path(folder) / kept.name
            try:
                os.link(kept, mine)
                os.utime(mine)  # one file, two names: the cache sees when it was used last
            except FileNotFoundError:
                fetch(mine)
                self._keep(mine, kept)
            yield mine

    def _keep(self, file: Path, kept: Path) -> None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):  # another process was faster, with the same content
            os.link(file, kept)
        self.trim()

    def trim(self) -> None:
        """Forget what was used longest ago until the rest is within the limit."""
        found = sorted(self._files())
        total = sum(size for _used, size, _path in found)
        for _used, size, path in found:
            if total <= self.limit:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """When used, bytes, where."""
        for folder, folders, files in os.walk(self.root):  # passes over what other processes delete meanwhile
            for reading in [name for name in folders if name.startswith(IN_USE)]:
                folders.remove(reading)
                _clear(Path(folder) / reading)
            for path in (Path(folder) / name for name in files):
                with contextlib.suppress(FileNotFoundError):
                    stat = path.stat()
                    yield stat.st_mtime, stat.st_size, path


def _clear(reading: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if time.time() - reading.stat().st_mtime > FORGOTTEN:
            shutil.rmtree(reading, ignore_errors=True)
