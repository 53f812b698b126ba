"""Rows into the database, a chunk at a time: COPY into a temporary table, then one set-based merge.

A chunk is one transaction that also moves the import's position. A crash at any moment loses at most the chunk in
hand, whose rows are read again, and imports nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from tagging import signals, tag_names
from tagging.models import Import, RowError, Video
from tagging.rows import Problem, Row, problem

# A temporary table, not a permanent one: it needs no log, leaves no dead rows, and no import sees another's.
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staged_rows (
        line bigint, external_id text, title text, description text, cover_text text,
        uploader text, program text, media_source text, tags bigint[]
    ) ON COMMIT DROP;
    TRUNCATE staged_rows;
"""
COPY = """
    COPY staged_rows (line, external_id, title, description, cover_text, uploader, program, media_source, tags)
    FROM STDIN
"""
# Tags that come along are reviews of people elsewhere. Said here and not by whoever stores them, for an update would
# write each row and its index entries a second time.
# In the order of the unique index: it is faster, and two imports of the same rows cannot block each other.
MERGE = """
    INSERT INTO tagging_video (source, external_id, title, description, cover_text, uploader, program,
                               media_source, media_state, imported_by_id, import_line, reviewed_at)
    SELECT %(source)s, external_id, title, description, cover_text, uploader, program,
           media_source, CASE media_source WHEN '' THEN 'none' ELSE 'pending' END, %(import)s, line,
           CASE WHEN tags <> '{}' THEN now() END
    FROM staged_rows
    ORDER BY external_id COLLATE "C", line
    ON CONFLICT (source, external_id) DO NOTHING
"""
# Only of videos that this import brought: a known video keeps the tags that people gave it.
TAGS = """
    CREATE TEMPORARY TABLE IF NOT EXISTS imported_tags (video_id bigint, tag_id bigint) ON COMMIT DROP;
    TRUNCATE imported_tags;
"""
FILL_TAGS = """
    INSERT INTO imported_tags
    SELECT video.id, tag
    FROM staged_rows JOIN tagging_video AS video
      ON video.source = %(source)s AND video.external_id = staged_rows.external_id
     AND video.imported_by_id = %(import)s AND video.import_line = staged_rows.line
    CROSS JOIN unnest(tags) AS tag
"""
# Nothing analyses temporary tables by itself, and the statements that read this one join it with large ones.
ANALYSE_TAGS = "ANALYZE imported_tags"


class Superseded(RuntimeError):
    """The import was cancelled, or another worker has taken it over."""


@dataclass
class Chunk:
    """Records of a table that are committed together."""

    rows: list[Row]
    problems: list[Problem]
    start: int  # records before this chunk

    @property
    def end(self) -> int:
        return self.start + len(self.rows) + len(self.problems)


def merge(import_: Import, chunk: Chunk) -> int:
    """Store one chunk; the number of videos that are new. Raises Superseded, and then nothing is stored."""
    tags = tag_names.resolve({name for row in chunk.rows for name in row.tags})
    rows, ids, problems = _with_tags(chunk, tags)
    with transaction.atomic(), connection.cursor() as cursor:
        _require_position(import_, chunk.start)
        values: dict[str, str | int] = {"source": import_.source, "import": import_.pk}
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            for row, given in zip(rows, ids, strict=True):
                copy.write_row((*row[:-1], given))
        cursor.execute(MERGE, values)
        imported = cursor.rowcount
        if any(given != "{}" for given in ids):
            cursor.execute(TAGS)
            cursor.execute(FILL_TAGS, values)
            cursor.execute(ANALYSE_TAGS)
            signals.imported.send(sender=Import, import_=import_)
        _store(import_, problems)
        Import.objects.filter(pk=import_.pk).update(
            position=chunk.end,
            imported=F("imported") + imported,
            known=F("known") + len(rows) - imported,
            failed=F("failed") + len({p.line for p in problems}),
            heartbeat_at=Now(),
        )
    return imported


def _with_tags(chunk: Chunk, tags: Mapping[str, int | str]) -> tuple[list[Row], list[str], list[Problem]]:
    """Rows all of whose tags are known, their tag ids as PostgreSQL arrays, and the problems of all others."""
    if not tags:
        return chunk.rows, ["{}"] * len(chunk.rows), chunk.problems
    rows, ids, problems = [], [], list(chunk.problems)
    for row in chunk.rows:
        wrong = [name for name in row.tags if isinstance(tags[name], str)]
        if wrong:
            problems.append(problem(row.line, "tags", str(tags[wrong[0]]), " | ".join(wrong)))
        else:
            rows.append(row)
            ids.append("{" + ",".join({str(tags[name]): None for name in row.tags}) + "}")
    return rows, ids, problems


def _require_position(import_: Import, position: int) -> None:
    """Lock the import's row. Whoever moved it since, or cancelled it, has won."""
    ours = Import.objects.select_for_update().filter(pk=import_.pk, position=position, state=Import.State.RUNNING)
    if not ours.exists():
        raise Superseded


def _store(import_: Import, problems: Sequence[Problem]) -> None:
    RowError.objects.bulk_create(
        (RowError(imported_by=import_, line=p.line, field=p.field, reason=p.reason, value=p.value) for p in problems),
        ignore_conflicts=True,
        batch_size=5_000,
    )


def media_problem(video: Video, reason: str) -> None:
    """Say on the import's page, at the line the video came from, what is wrong with its media."""
    if video.imported_by_id is not None and video.import_line is not None:
        error = problem(video.import_line, "media", reason, video.media_source)
        assert video.imported_by is not None
        _store(video.imported_by, [error])
