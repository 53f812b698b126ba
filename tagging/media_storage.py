"""Where clips and their pictures are kept: a folder, or a bucket of an S3-compatible service (`settings.STORAGES`).

Both keep what Django's storages promise and add the two ways that media are read: in pieces by players,
and by decoders as a file that can be sought in. A name is written once, whole, and never changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages

BLOCK = 2**18


class MediaStorage(Protocol):
    """What clips ask of the place they are kept in. A name that is not there raises FileNotFoundError."""

    def exists(self, name: str) -> bool: ...

    def save(self, name: str, content: File[bytes]) -> str: ...

    def delete(self, name: str) -> None: ...

    def size(self, name: str) -> int: ...

    def blocks(self, name: str, first: int, last: int) -> Iterator[bytes]:
        """Bytes `first` to `last`, both included. Found missing at the call, not at the first block."""
        ...

    def local(self, name: str) -> AbstractContextManager[Path]:
        """A file of this machine with the content, for the length of the block."""
        ...


def current() -> MediaStorage:
    return cast(MediaStorage, storages["default"])


@dataclass(frozen=True)
class StoredFile:
    """One file of the storage, to be read in pieces."""

    name: str

    @property
    def size(self) -> int:
        return current().size(self.name)

    def blocks(self, first: int, last: int) -> Iterator[bytes]:
        return current().blocks(self.name, first, last)


class Finished(File):  # type: ignore[type-arg]
    """A whole file, which a folder may take over instead of copying it."""

    def temporary_file_path(self) -> str:
        assert self.name is not None
        return self.name


class Folder(FileSystemStorage):
    """Below MEDIA_ROOT. Two writers of one name write the same, so the second replaces the first."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_overwrite=True)

    def blocks(self, name: str, first: int, last: int) -> Iterator[bytes]:
        file = Path(self.path(name)).open("rb")  # noqa: SIM115 - closed by the generator
        file.seek(first)
        return _bounded(file, last - first + 1)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        yield Path(self.path(name))


def _bounded(file: Any, length: int) -> Iterator[bytes]:
    with file:
        while length and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block
