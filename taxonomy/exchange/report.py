"""What an import did, or would do, in counts and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from taxonomy.models import TaxonomyVersion

TOLD = 200  # changes listed in a report
FIELDS = ("name", "parent", "kind", "state", "assignable")

NEW = "SELECT code, name, parent FROM import_new ORDER BY position LIMIT %s"
CHANGED = """
    SELECT code, old_name, name, coalesce(old_parent, ''), parent, old_kind, kind, old_state, state, old_assignable,
        assignable
    FROM import_change ORDER BY line LIMIT %s
"""
NAMES = """
    SELECT code, coalesce(array_agg(text ORDER BY text) FILTER (WHERE added), '{}'),
        coalesce(array_agg(text ORDER BY text) FILTER (WHERE NOT added), '{}')
    FROM (
        SELECT code, text, true AS added FROM import_name_new UNION SELECT code, text, false FROM import_name_gone
    ) name
    WHERE NOT EXISTS (SELECT FROM import_new new WHERE new.code = name.code) GROUP BY code ORDER BY code LIMIT %s
"""
RULES = """
    SELECT concat_ws(' ', subject, kind, array_to_string(others, ' ')) FROM import_rule_done ORDER BY line LIMIT %s
"""


@dataclass(frozen=True)
class Report:
    """What an import did, or would do."""

    created: int
    changed: int
    unchanged: int
    rules: int  # added or changed
    relations: int = 0  # added or taken away
    guidelines: int = 0  # with another text
    changes: tuple[str, ...] = ()  # the first ones, in words
    remarks: tuple[str, ...] = ()  # what the file has that was left out
    version: TaxonomyVersion | None = None  # None after a dry run


def changes() -> tuple[str, ...]:
    """The first changes of the import that is being made, in the reader's language."""
    told: list[str] = []
    for part in (_new, _changed, _named, _ruled):
        told += part()
    return tuple(told[:TOLD])


def _new() -> Iterator[str]:
    for code, name, parent in _rows(NEW):
        told = {"name": name, "code": code, "parent": parent}
        yield (_("new: %(name)s (%(code)s) below %(parent)s") if parent else _("new: %(name)s (%(code)s)")) % told


def _changed() -> Iterator[str]:
    words = {
        "name": _("%(code)s: name %(before)s → %(after)s"),
        "parent": _("%(code)s: parent %(before)s → %(after)s"),
        "kind": _("%(code)s: kind %(before)s → %(after)s"),
        "state": _("%(code)s: state %(before)s → %(after)s"),
        "assignable": _("%(code)s: may be given to videos: %(before)s → %(after)s"),
    }
    for code, *values in _rows(CHANGED):
        for field, before, after in zip(FIELDS, values[::2], values[1::2], strict=True):
            if before != after:
                yield words[field] % {"code": code, "before": _word(before), "after": _word(after)}


def _named() -> Iterator[str]:
    for code, added, gone in _rows(NAMES):
        if added:
            yield _("%(code)s: new names %(names)s") % {"code": code, "names": ", ".join(added)}
        if gone:
            yield _("%(code)s: names taken away %(names)s") % {"code": code, "names": ", ".join(gone)}


def _ruled() -> Iterator[str]:
    for (rule,) in _rows(RULES):
        yield _("rule: %(rule)s") % {"rule": rule}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) or "–"


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [TOLD])
        return cursor.fetchall()
