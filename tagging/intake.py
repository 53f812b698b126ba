"""Use cases: take in a folder or a table of videos, go on after a crash, stop when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tagging import columns, folders, media_sources, staging, tables
from tagging.models import Import, Video
from tagging.rows import FIELDS, Problem, Row, read
from tagging.staging import Chunk, Superseded
from tagging.tables import Unreadable
from taxonomy.models import BusinessLine, TaxonomyVersion

CHUNK_ROWS = 20_000
CHUNK_CHARACTERS = 16 * 2**20
CHUNK_SECONDS = 2.0  # so that people see progress also where each row is slow to read
HEARTBEAT = timedelta(seconds=60)  # an import silent for so long has lost its worker
KIND_OF_SUFFIX = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
MAX_INLINE = 1_000  # videos in one call of the API


class IntakeError(ValueError):
    """The import cannot start; the text says why, for people."""


@dataclass(frozen=True)
class Taken:
    """What became of rows that were given directly."""

    import_: Import
    videos: Sequence[Video]  # the imported and the known ones, in no particular order


def kind_of(path: Path) -> str:
    """folder, csv or jsonl. Raises IntakeError."""
    if path.is_dir():
        return Import.Kind.FOLDER
    if not path.is_file():
        raise IntakeError(_("There is no such file or folder: %(path)s") % {"path": path})
    if path.suffix.lower() not in KIND_OF_SUFFIX:
        raise IntakeError(_("Known kinds of files: %(kinds)s") % {"kinds": ", ".join(sorted(KIND_OF_SUFFIX))})
    return KIND_OF_SUFFIX[path.suffix.lower()]


def start(
    path: Path,
    *,
    source: str,
    kind: str = "",
    name: str = "",
    mapping: Mapping[str, str] | None = None,
    named: Mapping[str, str] | None = None,
    media_folder: Path | None = None,
    business_line: BusinessLine | None = None,
    by: User | None = None,
) -> Import:
    """Queue an import of `path`; `run` does it. Without a mapping the columns are guessed by their names, save
    those that are `named`.

    `media_folder` bounds what the rows' media paths may reach; a folder import is bounded by the folder itself.
    Tags need `business_line`, whose reviews they become. Raises IntakeError, Unreadable.
    """
    path = path.resolve()
    kind = kind or kind_of(path)
    found = None if kind == Import.Kind.FOLDER else tables.layout(path, kind)
    return Import.objects.create(
        kind=kind,
        source=_source(source),
        name=(name or path.name)[:300],
        path=str(path),
        media_folder=str(path if kind == Import.Kind.FOLDER else media_folder.resolve() if media_folder else ""),
        mapping=_mapping(mapping, named or {}, found, business_line),
        business_line=business_line,
        total=found.lines if found else None,
        created_by=by,
    )


def run(import_: Import, report: Callable[[Import], None] = lambda import_: None) -> Import:
    """Do the import, from where it stands. Returns it as it is then; another worker's import is left alone.

    `report` is called after each chunk. A database that goes away leaves the import to `resumable`.
    """
    if not _claim(import_):
        import_.refresh_from_db()
        return import_
    import_.refresh_from_db()
    try:
        for chunk in chunks(_records(import_), import_.position):
            staging.merge(import_, chunk)
            import_.refresh_from_db()
            report(import_)
        _finish(import_, Import.State.DONE)
    except Unreadable as error:
        _finish(import_, Import.State.FAILED, str(error))
    except (DataError, IntegrityError) as error:
        # The database refuses what our checks let through. Without this the import would be tried for ever.
        _finish(import_, Import.State.FAILED, str(error))
    except Superseded:
        pass
    import_.refresh_from_db()
    return import_


def take(
    records: Sequence[Mapping[str, object]],
    *,
    source: str,
    media_folder: Path | None = None,
    business_line: BusinessLine | None = None,
    by: User | None = None,
) -> Taken:
    """Take in at most MAX_INLINE videos at once, in one transaction. Errors are the import's row errors."""
    if len(records) > MAX_INLINE:
        raise IntakeError(_("At most %(count)s videos at once.") % {"count": MAX_INLINE})
    _require_tags_have_a_place(any(record.get("tags") for record in records), business_line)
    read_rows = [read(line, [record.get(field) for field in FIELDS]) for line, record in enumerate(records, start=1)]
    with transaction.atomic():
        import_ = Import.objects.create(
            kind=Import.Kind.API,
            state=Import.State.RUNNING,
            source=_source(source),
            name="API",
            path="",
            media_folder=str(media_folder.resolve()) if media_folder else "",
            business_line=business_line,
            total=len(records),
            created_by=by,
        )
        for chunk in chunks(media_sources.allowed(read_rows, import_.media_folder), 0):
            staging.merge(import_, chunk)
        _finish(import_, Import.State.DONE)
    import_.refresh_from_db()
    ids = [row.external_id for row in read_rows if isinstance(row, Row)]
    return Taken(import_, list(Video.objects.filter(source=import_.source, external_id__in=ids)))


def cancel(import_: Import) -> bool:
    """Stop an import after the chunk in hand. What it brought stays. False when it was over already."""
    waiting = Import.objects.filter(pk=import_.pk, state__in=[Import.State.QUEUED, Import.State.RUNNING])
    return bool(waiting.update(state=Import.State.CANCELLED, finished_at=Now()))


def resume(import_: Import) -> bool:
    """Queue a cancelled or failed import again: it goes on where it stopped. False when there is no such."""
    stopped = Import.objects.filter(pk=import_.pk, state__in=[Import.State.CANCELLED, Import.State.FAILED])
    return bool(stopped.update(state=Import.State.QUEUED, finished_at=None, heartbeat_at=None, error=""))


def resumable() -> Iterable[Import]:
    """Imports that wait for a worker, or have lost theirs."""
    return Import.objects.exclude(kind=Import.Kind.API).filter(_free())


def chunks(records: Iterable[Row | Problem], start: int) -> Iterator[Chunk]:
    """Records in pieces that are bounded in rows, characters and seconds."""
    chunk, characters, since = Chunk([], [], start), 0, time.monotonic()
    for record in records:
        if isinstance(record, Row):
            chunk.rows.append(record)
            characters += len(record.title) + len(record.description) + len(record.cover_text)
        else:
            chunk.problems.append(record)
        size = len(chunk.rows) + len(chunk.problems)
        late = not size % 100 and time.monotonic() - since > CHUNK_SECONDS
        if size >= CHUNK_ROWS or characters >= CHUNK_CHARACTERS or late:
            yield chunk
            chunk, characters, since = Chunk([], [], chunk.end), 0, time.monotonic()
    if chunk.end > chunk.start:
        yield chunk


def _records(import_: Import) -> Iterator[Row | Problem]:
    path, mapping = Path(import_.path), import_.mapping
    if import_.kind == Import.Kind.FOLDER:
        return folders.rows(path, mapping, import_.position, tags=import_.business_line_id is not None)
    found = tables.layout(path, import_.kind)
    return media_sources.allowed(tables.rows(path, found, mapping, import_.position), import_.media_folder)


def _mapping(
    mapping: Mapping[str, str] | None,
    named: Mapping[str, str],
    found: tables.Layout | None,
    line: BusinessLine | None,
) -> dict[str, str]:
    if mapping is None:
        mapping = columns.guess(found.columns, named) if found else dict(named)
        if line is None and "tags" not in named:  # a column that merely looks like tags is no reason to refuse
            mapping.pop("tags", None)
    try:
        checked = columns.checked(mapping, found.columns) if found else dict(mapping)
    except ValueError as error:
        raise IntakeError(str(error)) from error
    if found and not checked:
        raise IntakeError(_("No column is known: name at least one."))
    _require_tags_have_a_place("tags" in checked, line)
    return checked


def _require_tags_have_a_place(tags: bool, line: BusinessLine | None) -> None:
    if tags and line is None:
        raise IntakeError(_("Tags need the business line they belong to."))
    if line is not None and not TaxonomyVersion.objects.exists():
        raise IntakeError(_("The taxonomy must be published before videos come with tags."))


def _source(source: str) -> str:
    source = source.strip()
    if not source or len(source) > 50 or not source.isprintable():
        raise IntakeError(_("The source is a short name, at most 50 characters."))
    return source


def _free() -> Q:
    lost = Q(heartbeat_at=None) | Q(heartbeat_at__lt=Now() - HEARTBEAT)
    return Q(state=Import.State.QUEUED) | Q(state=Import.State.RUNNING) & lost


def _claim(import_: Import) -> bool:
    free = Import.objects.filter(_free(), pk=import_.pk)
    return bool(free.update(state=Import.State.RUNNING, heartbeat_at=Now(), error="", finished_at=None))


def _finish(import_: Import, state: str, error: str = "") -> None:
    ours = Import.objects.filter(pk=import_.pk, state=Import.State.RUNNING)
    ours.update(state=state, error=error, finished_at=Now(), total=F("position") if not error else F("total"))
