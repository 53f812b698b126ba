"""Files that people send with their browser, kept under IMPORT_ROOT until they are imported."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.utils.text import get_valid_filename


def save(files: Sequence[File[bytes]]) -> Path:
    """Write the files into a new folder of their own; their names keep nothing that could lead elsewhere."""
    folder = Path(settings.IMPORT_ROOT) / uuid.uuid4().hex
    folder.mkdir(parents=True)
    for number, file in enumerate(files):
        name = get_valid_filename(Path(file.name or "").name[-100:])
        path = folder / name
        if path.exists():
            path = folder / f"{number}-{name}"
        with path.open("wb") as saved:
            for block in file.chunks():
                saved.write(block)
    return folder


def allowed_folder(name: str) -> Path:
    """A folder that pages and the API may read: one of IMPORT_FOLDERS, or one below. Raises ValueError."""
    folder = Path(name).resolve()
    if not any(folder.is_relative_to(root) for root in settings.IMPORT_FOLDERS) or not folder.is_dir():
        raise ValueError(name)
    return folder
