"""Folders written once (bundles, snapshots), kept in object storage too: any machine can bring them to its disk.

Where `settings.STORAGES` has no "archive", machines share the folders themselves and nothing here does anything.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages

INDEX = "index.json"  # relative path -> sha256; written last, so a place without it is not whole


class Damaged(ValueError):
    """What came from the archive is not what was kept there."""


def keep(folder: Path, place: str) -> None:
    """Copy the folder to `place`, unless it is there already."""
    storage = _storage()
    if storage is None or storage.exists(f"{place}/{INDEX}"):
        return
    index = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as file:
            index[name] = hashlib.file_digest(file, "sha256").hexdigest()
            storage.save(f"{place}/{name}", File(file))
    storage.save(f"{place}/{INDEX}", ContentFile(json.dumps(index).encode()))


def bring(place: str, folder: Path) -> bool:
    """Copy what is at `place` to the folder, which appears whole. False: there is nothing. Raises Damaged."""
    storage = _storage()
    if storage is None or not storage.exists(f"{place}/{INDEX}"):
        return False
    index = json.loads(storage.open(f"{place}/{INDEX}").read())
    folder.parent.mkdir(parents=True, exist_ok=True)
    coming = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, digest in index.items():
            _bring(storage, f"{place}/{name}", coming / name, digest)
        coming.chmod(0o755)  # mkdtemp makes it private
        _appear(coming, folder)
    finally:
        shutil.rmtree(coming, ignore_errors=True)
    return True


def forget(place: str) -> None:
    """Delete what is at `place`; the index first, so that nobody begins to bring it."""
    storage = _storage()
    if storage is None or not storage.exists(f"{place}/{INDEX}"):
        return
    names = json.loads(storage.open(f"{place}/{INDEX}").read())
    for name in (INDEX, *names):
        storage.delete(f"{place}/{name}")


def _storage() -> Storage | None:
    return storages["archive"] if "archive" in settings.STORAGES else None


def _bring(storage: Storage, name: str, to: Path, digest: str) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    seen = hashlib.sha256()
    with storage.open(name) as source, to.open("wb") as target:
        for block in source.chunks(2**20):
            seen.update(block)
            target.write(block)
    if seen.hexdigest() != digest:
        raise Damaged(f"{name} in the archive was changed: delete the folder there and train again")


def _appear(coming: Path, folder: Path) -> None:
    try:
        coming.rename(folder)
    except OSError:  # another process of this machine brought it at the same moment
        if not folder.is_dir():
            raise
