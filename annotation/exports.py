"""Reviewed videos with their tags, streamed: PostgreSQL makes the rows, nothing is gathered in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db import connection

from tagging import standing
from taxonomy.models import BusinessLine

CHUNK = 1000  # rows sent at a time
COLUMNS = ["source", "external_id", "title", "business_line", "tags", "tag_names", "reviewed_at", "reviewers", "spans"]

# `spans`: in which parts of the clip each tag was said to hold, in seconds; tags of which nobody said are left out.
# Per video and line: the reviews that hold now (undone ones are no task's current review) and the tags they gave.
ROWS = """
SELECT {columns}
FROM (
    SELECT task.video_id, task.business_line_id, max(review.created_at) AS reviewed_at,
           array_agg(DISTINCT person.username ORDER BY person.username) AS reviewers
    FROM annotation_reviewtask task
    JOIN annotation_review review ON review.id = task.current_review_id
    JOIN auth_user person ON person.id = review.reviewer_id
    WHERE task.business_line_id = ANY(%(lines)s) AND (%(since)s::timestamptz IS NULL OR review.created_at >= %(since)s)
    GROUP BY task.video_id, task.business_line_id
) reviewed
JOIN tagging_video video ON video.id = reviewed.video_id
JOIN taxonomy_businessline line ON line.id = reviewed.business_line_id
LEFT JOIN (
    SELECT given.video_id, given.business_line_id,
           array_agg(tag.code ORDER BY tag.code) AS codes, array_agg(tag.name ORDER BY tag.code) AS names
    FROM {labels} given JOIN taxonomy_tag tag ON tag.id = given.tag_id
    WHERE given.business_line_id = ANY(%(lines)s)
    GROUP BY given.video_id, given.business_line_id
) given ON given.video_id = reviewed.video_id AND given.business_line_id = reviewed.business_line_id
LEFT JOIN (
    SELECT told.video_id, told.business_line_id, json_object_agg(told.code, told.parts) AS by_tag,
           string_agg(told.code || ' ' || told.words, '; ' ORDER BY told.code) AS words
    FROM (
        SELECT task.video_id, task.business_line_id, coalesce(heir.code, tag.code) AS code,
               json_agg(json_build_array(verdict.start, verdict."end") ORDER BY verdict.start, verdict.id) AS parts,
               string_agg(verdict.start || '-' || verdict."end", ', ' ORDER BY verdict.start, verdict.id) AS words
        FROM annotation_reviewtask task
        JOIN annotation_verdict verdict ON verdict.review_id = task.current_review_id AND verdict.start IS NOT NULL
        JOIN taxonomy_tag tag ON tag.id = coalesce(verdict.replacement_id, verdict.tag_id)
        LEFT JOIN taxonomy_tag heir ON heir.id = tag.merged_into_id
        WHERE task.business_line_id = ANY(%(lines)s) GROUP BY 1, 2, 3
    ) told GROUP BY told.video_id, told.business_line_id
) spans ON spans.video_id = reviewed.video_id AND spans.business_line_id = reviewed.business_line_id
ORDER BY video.id, line.id
"""
AS_JSON = """
json_build_object(
    'source', video.source, 'external_id', video.external_id, 'title', video.title, 'description', video.description,
    'cover_text', video.cover_text, 'uploader', video.uploader, 'program', video.program, 'business_line', line.slug,
    'tags', coalesce(given.codes, '{}'), 'tag_names', coalesce(given.names, '{}'),
    'reviewed_at', reviewed.reviewed_at, 'reviewers', reviewed.reviewers,
    'spans', coalesce(spans.by_tag, json_build_object())
)::text
"""
AS_CELLS = """
video.source, video.external_id, video.title, line.slug, array_to_string(given.codes, '; '),
array_to_string(given.names, '; '), reviewed.reviewed_at, array_to_string(reviewed.reviewers, '; '),
spans.words
"""


def jsonl(lines: Iterable[BusinessLine], since: datetime | None = None) -> Iterator[bytes]:
    """One JSON object a line for each reviewed video of each business line, oldest video first."""
    for rows in _chunks(AS_JSON, lines, since):
        yield "".join(f"{text}\n" for (text,) in rows).encode()


def as_csv(lines: Iterable[BusinessLine], since: datetime | None = None) -> Iterator[bytes]:
    """The same as a table; several tags stand in one cell, divided by semicolons."""
    yield _table([COLUMNS])
    for rows in _chunks(AS_CELLS, lines, since):
        yield _table([[_harmless(cell) for cell in row] for row in rows])


FORMATS = {"jsonl": (jsonl, "application/x-ndjson"), "csv": (as_csv, "text/csv; charset=utf-8")}


def _chunks(columns: str, lines: Iterable[BusinessLine], since: datetime | None) -> Iterator[list[tuple]]:
    """Rows by COPY: they flow from the server as they are made, and the whole export is the state of one moment."""
    query = ROWS.format(columns=columns.replace("'{}'", "ARRAY[]::text[]"), labels=standing.LABELS)
    values = {"lines": [line.pk for line in lines], "since": since}
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT", values) as copy:
        rows = copy.rows()
        while chunk := list(islice(rows, CHUNK)):
            yield chunk


def _table(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _harmless(cell: object) -> object:
    """Spreadsheets run cells that begin like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
