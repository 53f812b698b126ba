"""The live taxonomy as the rows that a file is read into: what every export is written from.

Merged tags, which live on in others, stay behind, and so does what only speaks of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from django.db import connection

from taxonomy.exchange.rows import Guideline, Name, RelationRow, RuleRow, TagRow

BATCH = 2_000  # rows held at once

TAGS = """
    SELECT tag.code, tag.name, coalesce(parent.code, ''), tag.kind, tag.assignable, tag.state, (
        SELECT coalesce(json_agg(json_build_array(language, text, preferred)
                                 ORDER BY preferred DESC, language, text COLLATE "C"), '[]')
        FROM taxonomy_tagname name WHERE name.tag_id = tag.id)
    FROM taxonomy_tag tag LEFT JOIN taxonomy_tag parent ON parent.id = tag.parent_id
    WHERE tag.state <> 'merged' ORDER BY tag.depth, tag.position, tag.id
"""
RULES = """
    SELECT rule.kind, subject.code, coalesce(array_agg(other.code::text ORDER BY other.code COLLATE "C")
        FILTER (WHERE other.id IS NOT NULL), '{}'), coalesce(line.slug, ''), rule.weight, rule.note
    FROM taxonomy_rule rule JOIN taxonomy_tag subject ON subject.id = rule.subject_id
    LEFT JOIN taxonomy_businessline line ON line.id = rule.business_line_id
    LEFT JOIN taxonomy_rule_others through ON through.rule_id = rule.id
    LEFT JOIN taxonomy_tag other ON other.id = through.tag_id
    GROUP BY rule.id, subject.code, subject.state, line.slug
    HAVING subject.state <> 'merged' AND coalesce(bool_and(other.state <> 'merged'), true) ORDER BY rule.id
"""
RELATIONS = """
    SELECT tag.code, relation.kind, coalesce(other.code, ''), relation.uri
    FROM taxonomy_tagrelation relation JOIN taxonomy_tag tag ON tag.id = relation.tag_id
    LEFT JOIN taxonomy_tag other ON other.id = relation.other_id
    WHERE tag.state <> 'merged' AND coalesce(other.state, '') <> 'merged'
    ORDER BY tag.code COLLATE "C", relation.kind, other.code COLLATE "C", relation.uri
"""
GUIDELINES = """
    SELECT DISTINCT ON (guideline.tag_id) tag.code, guideline.body
    FROM taxonomy_guideline guideline JOIN taxonomy_tag tag ON tag.id = guideline.tag_id
    WHERE guideline.business_line_id IS NULL AND tag.state <> 'merged'
    ORDER BY guideline.tag_id, guideline.version DESC
"""


def tags() -> Iterator[TagRow]:
    """Parents before their children, brothers and sisters in their order."""
    number = count(1)
    for code, name, parent, kind, assignable, state, names in _rows(TAGS):
        found = tuple(Name(*each) for each in names)
        yield TagRow(next(number), code, name, parent, kind, assignable, state, found)


def rules() -> Iterator[RuleRow]:
    for kind, subject, others, line, weight, note in _rows(RULES):
        yield RuleRow(0, kind, subject, tuple(others), line, weight, note)


def relations() -> Iterator[RelationRow]:
    return (RelationRow(0, *row) for row in _rows(RELATIONS))


def guidelines() -> Iterator[Guideline]:
    """The general ones that say something."""
    return (Guideline(0, code, body) for code, body in _rows(GUIDELINES) if body)


def _rows(query: str) -> Iterator[tuple]:  # type: ignore[type-arg]
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(BATCH):
            yield from rows
