"""The checks that all rows of a file must pass together with the tags that are there. A statement a check."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from taxonomy.exchange.rows import REPORTED, Problem, Refused
from taxonomy.models import MAX_DEPTH

REPEATED = """
    SELECT again.line, again.code, first.line AS other, again.parent IS DISTINCT FROM first.parent AS second_parent
    FROM import_tag again JOIN (
        SELECT DISTINCT ON (code) code, line, parent FROM import_tag
        WHERE code IN (SELECT code FROM import_tag GROUP BY code HAVING count(*) > 1) ORDER BY code, line, ctid
    ) first ON first.code = again.code
    WHERE (again.line, again.parent) IS DISTINCT FROM (first.line, first.parent) ORDER BY 1 LIMIT %(most)s
"""
# What a file does not speak of stays as it is, so that all checks and changes see whole tags.
COMPLETED = """
    UPDATE import_tag row SET {column} = {value}
    FROM taxonomy_tag tag LEFT JOIN taxonomy_tag parent ON parent.id = tag.parent_id WHERE tag.code = row.code
"""
COLUMNS = {
    "parent": "coalesce(parent.code, '')",
    "kind": "tag.kind",
    "assignable": "tag.assignable",
    "state": "tag.state",
}
MERGED = """
    SELECT row.line, row.code FROM import_tag row JOIN taxonomy_tag tag ON tag.code = row.code
    WHERE tag.state = 'merged' ORDER BY 1 LIMIT %(most)s
"""
OPEN_TAGS = "SELECT line FROM import_tag WHERE kind <> 'category' AND parent <> '' ORDER BY 1 LIMIT %(most)s"
PARENTS = """
    SELECT row.line, row.parent, parent.code IS NOT NULL FROM import_tag row
    LEFT JOIN (
        SELECT code, kind FROM import_tag UNION ALL
        SELECT code, kind FROM taxonomy_tag tag
        WHERE NOT EXISTS (SELECT FROM import_tag own WHERE own.code = tag.code)
    ) parent ON parent.code = row.parent
    WHERE row.parent <> '' AND parent.kind IS DISTINCT FROM 'category' ORDER BY 1 LIMIT %(most)s
"""
# All categories as they would stand, from the roots downwards; who is not reached is below itself.
PLACES = """
    CREATE TEMP TABLE import_place ON COMMIT DROP AS
    WITH RECURSIVE standing AS MATERIALIZED (
        SELECT code, parent, line FROM import_tag WHERE kind = 'category' UNION ALL
        SELECT tag.code, coalesce(parent.code, ''), NULL FROM taxonomy_tag tag
        LEFT JOIN taxonomy_tag parent ON parent.id = tag.parent_id
        WHERE tag.kind = 'category' AND NOT EXISTS (SELECT FROM import_tag row WHERE row.code = tag.code)
    ), way AS (
        SELECT code, 1 AS depth FROM standing WHERE parent = '' UNION ALL
        SELECT standing.code, way.depth + 1 FROM way JOIN standing ON standing.parent = way.code
        WHERE way.depth <= %(deepest)s
    ) SELECT standing.code, standing.line, way.depth FROM standing LEFT JOIN way ON way.code = standing.code
"""
LOST = """
    SELECT coalesce(line, (SELECT min(line) FROM import_tag), 1), code, depth FROM import_place
    WHERE depth IS NULL OR depth > %(deepest)s ORDER BY line IS NULL, 1 LIMIT %(most)s
"""
UNKNOWN_TAGS = """
    SELECT line, code FROM (
        SELECT line, unnest(subject || others) FROM import_rule UNION ALL
        SELECT line, tag FROM import_relation UNION ALL
        SELECT line, other FROM import_relation WHERE uri = '' UNION ALL SELECT line, tag FROM import_guideline
    ) named (line, code)
    WHERE NOT EXISTS (SELECT FROM import_tag row WHERE row.code = named.code)
      AND NOT EXISTS (SELECT FROM taxonomy_tag tag WHERE tag.code = named.code) ORDER BY 1 LIMIT %(most)s
"""
UNKNOWN_LINES = """
    SELECT line, slug FROM import_rule WHERE slug <> '' AND slug NOT IN (SELECT slug FROM taxonomy_businessline)
    ORDER BY 1 LIMIT %(most)s
"""


def check(columns: frozenset[str]) -> None:
    """Raises Refused with all that is wrong. `columns`: what the file speaks of."""
    found = _repeated()
    for column, value in COLUMNS.items():
        if column not in columns and not found:
            _ask(COMPLETED.format(column=column, value=value), rows=False)
    found += _tags() + _names()
    if found:
        raise Refused(sorted(found, key=lambda problem: problem.line))


def _repeated() -> list[Problem]:
    found = []
    for line, code, other, second_parent in _ask(REPEATED):
        told = {"code": code, "line": other}
        if second_parent:
            found.append(Problem(line, _("%(code)s has a second parent; the first is on line %(line)d") % told))
        else:
            found.append(Problem(line, _("the id %(code)s stands on line %(line)d already") % told))
    return found


def _tags() -> list[Problem]:
    found = [Problem(line, _("%(code)s was merged into another tag") % {"code": code}) for line, code in _ask(MERGED)]
    found += [Problem(line, _("an open tag has no parent")) for (line,) in _ask(OPEN_TAGS)]
    for line, code, known in _ask(PARENTS):
        reason = _("the parent %(code)s is an open tag") if known else _("there is no parent %(code)s")
        found.append(Problem(line, reason % {"code": code}))
    _ask("DROP TABLE IF EXISTS import_place", rows=False)
    _ask(PLACES, rows=False)
    if found:  # who hangs on an unknown parent is not reached either
        return found
    for line, code, depth in _ask(LOST):
        reason = _("%(code)s would be deeper than %(depth)d levels") if depth else _("%(code)s is its own ancestor")
        found.append(Problem(line, reason % {"code": code, "depth": MAX_DEPTH}))
    return found


def _names() -> list[Problem]:
    """Tags and business lines that rules, relations and guidelines name."""
    found = [Problem(line, _("there is no tag %(code)s") % {"code": code}) for line, code in _ask(UNKNOWN_TAGS)]
    return found + [
        Problem(line, _("there is no business line %(line)s") % {"line": slug}) for line, slug in _ask(UNKNOWN_LINES)
    ]


def _ask(query: str, rows: bool = True) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"most": REPORTED, "deepest": MAX_DEPTH})
        return cursor.fetchall() if rows else []
