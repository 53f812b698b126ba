"""Folders of media: what lies in them, and the promise that nothing outside them is read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext_noop as _

from tagging import columns
from tagging.rows import FIELDS, Problem, Row, problem, read
from tagging.tables import Unreadable

SUFFIXES = frozenset((".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".flv", ".ts", ".ogv", ".3gp"))
MAX_SIDECAR = 2**20  # bytes


class OutsideFolder(ValueError):
    """A path that would leave the folder it was given for."""


def inside(folder: Path, name: str) -> Path:
    """The file `name` names below `folder`, links followed. Raises OutsideFolder, also for a link that leads out."""
    relative = PurePosixPath(name.replace("\\", "/"))
    if not name or relative.is_absolute() or ".." in relative.parts or "\x00" in name:
        raise OutsideFolder(_("The path leaves the media folder."))
    root = folder.resolve()
    try:
        path = (root / relative).resolve()
    except (OSError, RuntimeError) as error:  # a name too long, a loop of links
        raise OutsideFolder(_("The path cannot be followed.")) from error
    if not path.is_relative_to(root):
        raise OutsideFolder(_("The path leaves the media folder."))
    return path


def rows(folder: Path, mapping: Mapping[str, str], skip: int = 0, *, tags: bool = True) -> Iterator[Row | Problem]:
    """A row for each media file below `folder`; what a JSON file of the same stem says goes before the file's name."""
    for line, name in islice(enumerate(names(folder), start=1), skip, None):
        found = _sidecar(folder, PurePosixPath(name).with_suffix(".json"), line)
        if isinstance(found, Problem):
            yield found
            continue
        told = columns.guess(list(found), mapping)
        values = {field: found.get(column) for field, column in told.items()}
        values["title"] = values.get("title") or PurePosixPath(name).stem.replace("_", " ")
        values["external_id"] = values.get("external_id") or name
        values["media"] = name  # whatever the JSON file says
        if not tags:
            values.pop("tags", None)
        yield read(line, [values.get(field) for field in FIELDS])


def names(folder: Path) -> Iterator[str]:
    """Media files below the folder as relative paths, sorted. Links to folders are not followed."""
    if not folder.is_dir():
        raise Unreadable(_("The folder does not exist."))
    yield from _names(folder, "")


def _names(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise Unreadable(_("The folder cannot be read.")) from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _names(Path(entry.path), f"{prefix}{entry.name}/")
        elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:
            yield f"{prefix}{entry.name}"


def _sidecar(folder: Path, name: PurePosixPath, line: int) -> dict[str, object] | Problem:
    if not os.path.lexists(folder / name):
        return {}
    try:
        path = inside(folder, str(name))
        with path.open("rb") as file:
            content = file.read(MAX_SIDECAR + 1)
        told = json.loads(content) if len(content) <= MAX_SIDECAR else None
    except (OSError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return problem(line, "", _("The JSON file beside the clip cannot be read."), name)
    return told
