"""Clips kept by the hash of their content, with their poster and filmstrip, in a folder or in object storage.

Nothing is ever changed in place: a file is complete from the moment its name exists.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from PIL import Image

from ml import media
from tagging import media_storage
from tagging.models import Media, MediaFingerprint

# First bytes of the containers that ml.media opens; the name of a stranger's file tells nothing.
SIGNATURES = (
    (4, b"ftypqt", ".mov"),
    (4, b"ftyp3g", ".3gp"),
    (4, b"ftyp", ".mp4"),
    (0, b"\x1aE\xdf\xa3", ".mkv"),
    (8, b"AVI ", ".avi"),
    (0, b"FLV", ".flv"),
    (0, b"OggS", ".ogv"),
    (0, b"G", ".ts"),
)
CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".3gp": "video/3gpp",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".flv": "video/x-flv",
    ".ogv": "video/ogg",
    ".ts": "video/mp2t",
    ".jpg": "image/jpeg",
    ".bin": "application/octet-stream",
}


@dataclass(frozen=True)
class StoredClip:
    """A clip that decoders may ask for: on this machine's disk as long as they read it."""

    name: str

    def fetched(self) -> AbstractContextManager[Path]:
        return media_storage.current().local(self.name)


def store(path: Path) -> Media:
    """Copy the file to the others and say what it is; the same content is kept once. Raises ml.media.MediaError.

    A copy and not a hard link: whoever owns the original may go on writing to it.
    """
    if path.is_file() and path.stat().st_size > settings.MEDIA_MAX_BYTES:
        raise media.MediaError("The file is too large.")
    with incoming() as copy:
        try:
            shutil.copyfile(path, copy)
        except (FileNotFoundError, PermissionError, IsADirectoryError, shutil.SpecialFileError) as error:
            raise media.MediaError("The file does not exist, or may not be read.") from error
        return keep(copy)


def keep(file: Path) -> Media:
    """Make a file of `incoming` ours. Raises ml.media.MediaError."""
    content_hash = media.content_hash(file)
    known = Media.objects.filter(content_hash=content_hash).first()
    if known and media_storage.current().exists(known.path):
        return known
    limits = media.Limits(seconds=settings.MEDIA_MAX_SECONDS, bytes=settings.MEDIA_MAX_BYTES)
    info = media.probe(file, limits)
    new = Media(
        content_hash=content_hash,
        path=f"clips/{content_hash[:2]}/{content_hash}{container(file)}",
        size=file.stat().st_size,
        duration=info.duration,
        width=info.width,
        height=info.height,
        fps=info.fps,
        video_codec=info.video_codec,
        audio_codec=info.audio_codec,
        peaks=media.peaks(file, limits=limits),
    )
    views = media.fingerprints.to_bytes(media.fingerprints.fingerprint(file, limits))
    _save_picture(media.poster(file, limits=limits), new.poster)
    _save_picture(media.filmstrip(file, limits=limits), new.filmstrip)
    _save(file, new.path)
    # Last of all: a row promises files. Two workers with the same clip agree on all of it.
    values = {field.name: getattr(new, field.name) for field in Media._meta.concrete_fields if not field.primary_key}
    kept = Media.objects.get_or_create(content_hash=content_hash, defaults=values)[0]
    MediaFingerprint.objects.get_or_create(media=kept, defaults={"views": views})
    return kept


def container(file: Path) -> str:
    """The ending that belongs to the content; .bin when it is none we know."""
    with file.open("rb") as opened:
        head = opened.read(64)
    for offset, signature, suffix in SIGNATURES:
        if head[offset:].startswith(signature):
            return ".webm" if suffix == ".mkv" and b"webm" in head else suffix
    return ".bin"


def content_type(path: str) -> str:
    return CONTENT_TYPES[os.path.splitext(path)[1]]


@contextmanager
def incoming() -> Iterator[Path]:
    """An empty file on the file system of MEDIA_ROOT; gone at the end."""
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _save_picture(picture: Image.Image, name: str) -> None:
    with incoming() as file:
        picture.save(file, "JPEG", quality=82, optimize=True)
        _save(file, name)


def _save(file: Path, name: str) -> None:
    with file.open("rb") as opened:
        media_storage.current().save(name, media_storage.Finished(opened, str(file)))
