"""Rows of a file in temporary tables, a batch at a time: memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from taxonomy.exchange import rows as checks
from taxonomy.exchange.rows import (
    REPORTED,
    Guideline,
    Problem,
    Refused,
    RelationRow,
    Remark,
    Row,
    RuleRow,
    TagRow,
    Taxonomy,
)
from taxonomy.search_keys import keys

BATCH = 5_000  # rows between two statements
_REMARKS = 1_000  # kept

TABLES = """
CREATE TEMP TABLE import_tag (line int, code text, name text, parent text, kind text, assignable bool, state text)
    ON COMMIT DROP;
CREATE TEMP TABLE import_name (code text, language text, text text, preferred bool, normalised text, pinyin text,
    initials text) ON COMMIT DROP;
CREATE TEMP TABLE import_rule (line int, kind text, subject text, others text[], slug text, weight float8, note text)
    ON COMMIT DROP;
CREATE TEMP TABLE import_relation (line int, tag text, kind text, other text, uri text) ON COMMIT DROP;
CREATE TEMP TABLE import_guideline (line int, tag text, body text) ON COMMIT DROP;
CREATE TEMP TABLE import_spoken (language text, preferred bool) ON COMMIT DROP;
"""
READY = """
CREATE INDEX ON import_tag (code);
CREATE INDEX ON import_tag (parent);
CREATE INDEX ON import_name (code);
ANALYZE import_tag, import_name, import_rule, import_relation, import_guideline, import_spoken;
"""
MOST_ROWS = 1_000_000  # of one file: what is published is held in memory whole
DROPPED = "DROP TABLE IF EXISTS import_tag, import_name, import_rule, import_relation, import_guideline, import_spoken"


def fill(taxonomy: Taxonomy) -> list[str]:
    """Copy the rows into fresh tables, within the caller's transaction. Returns the remarks of the file.

    Raises Refused with what is wrong with single rows.
    """
    remarks: list[str] = []
    problems: list[Problem] = []
    with connection.cursor() as cursor:
        cursor.execute(DROPPED)
        cursor.execute(TABLES)
        _copy(cursor, "import_spoken", sorted(taxonomy.speaks))
        rows, seen = iter(taxonomy.rows), 0
        while batch := list(islice(rows, BATCH)):
            seen += len(batch)
            if seen > MOST_ROWS:
                told = _("more than %(most)d rows: import it in parts") % {"most": MOST_ROWS}
                problems.append(Problem(getattr(batch[-1], "line", 0), told))
                break
            for row in batch:
                if isinstance(row, Remark) and len(remarks) < _REMARKS:
                    remarks.append(row.text)
                problems += [row] if isinstance(row, Problem) else checks.problems(row)
            if len(problems) >= REPORTED:
                break
            if not problems:
                _store(cursor, batch)
        if problems:
            raise Refused(sorted(problems, key=lambda problem: problem.line))
        cursor.execute(READY)
    return remarks


def _store(cursor: Any, batch: list[Row]) -> None:
    tags = [row for row in batch if isinstance(row, TagRow)]
    _copy(cursor, "import_tag", ((t.line, t.code, t.name, t.parent, t.kind, t.assignable, t.state) for t in tags))
    _copy(cursor, "import_name", _names(tags))
    rules = [row for row in batch if isinstance(row, RuleRow)]
    _copy(
        cursor,
        "import_rule",
        ((r.line, r.kind, r.subject, sorted(set(r.others)), r.business_line, r.weight, r.note) for r in rules),
    )
    relations = [row for row in batch if isinstance(row, RelationRow)]
    _copy(cursor, "import_relation", ((r.line, r.tag, r.kind, r.other, r.uri) for r in relations))
    guidelines = [row for row in batch if isinstance(row, Guideline)]
    _copy(cursor, "import_guideline", ((g.line, g.tag, g.body) for g in guidelines))


def _names(tags: Iterable[TagRow]) -> Iterator[tuple[object, ...]]:
    for tag in tags:
        for name in tag.names:
            found = keys(name.text)
            yield (
                tag.code, name.language, name.text, name.preferred, found.normalised, found.pinyin, found.initials
            )  # fmt: skip


def _copy(cursor: Any, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write_row(first)
        for row in rows:
            copy.write_row(row)
