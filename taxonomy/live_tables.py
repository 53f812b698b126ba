"""Writing the outcome of a draft to the live tables: one statement a table, however many edits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from taxonomy import outcome
from taxonomy.drafting.draft import Draft
from taxonomy.outcome import Ids, Outcome
from taxonomy.search_keys import keys

CREATE_TAGS = """
INSERT INTO taxonomy_tag
    (id, code, name, kind, state, assignable, position, parent_id, parent_depth, merged_into_id)
SELECT id, code, name, kind, state, assignable, position, parent_id, parent_depth, merged_into_id
FROM jsonb_to_recordset(%s) AS new(id bigint, code text, name text, kind text, state text, assignable boolean,
    position integer, parent_id bigint, parent_depth smallint, merged_into_id bigint)
WHERE NOT EXISTS (SELECT FROM taxonomy_tag known WHERE known.id = new.id)
"""
# The depths of whole branches are among the rows, so nothing is left for the cascade of the tree's own foreign key.
CHANGE_TAGS = """
UPDATE taxonomy_tag tag
SET name = new.name, kind = new.kind, state = new.state, assignable = new.assignable, position = new.position,
    parent_id = new.parent_id, parent_depth = new.parent_depth, merged_into_id = new.merged_into_id
FROM jsonb_to_recordset(%s) AS new(id bigint, name text, kind text, state text, assignable boolean, position integer,
    parent_id bigint, parent_depth smallint, merged_into_id bigint)
WHERE tag.id = new.id
  AND (tag.name, tag.kind, tag.state, tag.assignable, tag.position, tag.parent_id, tag.parent_depth,
       tag.merged_into_id)
      IS DISTINCT FROM (new.name, new.kind, new.state, new.assignable, new.position, new.parent_id, new.parent_depth,
                        new.merged_into_id)
"""
NAMES = """
INSERT INTO taxonomy_tagname (tag_id, language, text, preferred, normalised, pinyin, initials)
SELECT tag_id, language, text, preferred, normalised, pinyin, initials
FROM jsonb_to_recordset(%s) AS new(tag_id bigint, language text, text text, preferred boolean, normalised text,
    pinyin text, initials text)
"""
RULES = """
INSERT INTO taxonomy_rule (id, key, kind, subject_id, business_line_id, weight, note)
SELECT id, key, kind, subject_id, business_line_id, weight, note
FROM jsonb_to_recordset(%s) AS new(id bigint, key uuid, kind text, subject_id bigint, business_line_id bigint,
    weight float8, note text)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, subject_id = excluded.subject_id,
    business_line_id = excluded.business_line_id, weight = excluded.weight, note = excluded.note
"""
OTHERS = """
INSERT INTO taxonomy_rule_others (rule_id, tag_id)
SELECT id, unnest(others) FROM jsonb_to_recordset(%s) AS new(id bigint, others bigint[])
"""
RELATIONS = """
INSERT INTO taxonomy_tagrelation (tag_id, kind, other_id, uri)
SELECT tag_id, kind, other_id, uri
FROM jsonb_to_recordset(%s) AS new(tag_id bigint, kind text, other_id bigint, uri text)
"""
NO_RELATIONS = """
DELETE FROM taxonomy_tagrelation relation
USING jsonb_to_recordset(%s) AS gone(tag_id bigint, kind text, other_id bigint, uri text)
WHERE relation.tag_id = gone.tag_id AND relation.kind = gone.kind AND relation.uri = gone.uri
  AND relation.other_id IS NOT DISTINCT FROM gone.other_id
"""
GUIDELINES = """
INSERT INTO taxonomy_guideline
    (id, tag_id, business_line_id, version, body, examples, counter_examples, confirm, author_id, created_at)
SELECT id, tag_id, business_line_id,
       1 + coalesce((SELECT max(version) FROM taxonomy_guideline old WHERE old.tag_id = new.tag_id
                     AND old.business_line_id IS NOT DISTINCT FROM new.business_line_id), 0),
       body, examples, counter_examples, confirm, %s, now()
FROM jsonb_to_recordset(%s) AS new(id bigint, tag_id bigint, business_line_id bigint, body text, examples bigint[],
    counter_examples bigint[], confirm boolean)
"""


def allocate(draft: Draft) -> Ids:
    """Take ids for all that is new. What is not published in the end leaves gaps, which do no harm."""
    codes, rules, places = outcome.wanted(draft)
    return Ids(
        dict(zip(codes, _ids("taxonomy_tag", len(codes)), strict=True)),
        dict(zip(rules, _ids("taxonomy_rule", len(rules)), strict=True)),
        dict(zip(places, _ids("taxonomy_guideline", len(places)), strict=True)),
    )


def write(made: Outcome, author: int | None) -> None:
    """Bring the live tables to the outcome. The caller holds the publishing lock, in a transaction."""
    # Not waiting for the end of the transaction: a tag that is used after all must fail here.
    _execute("SET CONSTRAINTS ALL IMMEDIATE")
    gone_rules, rules = made.rule_rows()
    gone_relations, relations = made.relation_rows()
    _execute("DELETE FROM taxonomy_rule_others WHERE rule_id = ANY(%s)", [*gone_rules, *(r["id"] for r in rules)])
    _execute("DELETE FROM taxonomy_rule WHERE id = ANY(%s)", gone_rules)
    _rows(NO_RELATIONS, gone_relations)
    _tags(made)
    _rows(RULES, rules)
    _rows(OTHERS, rules)
    _rows(RELATIONS, relations)
    if texts := made.guideline_rows():
        _execute(GUIDELINES, author, json.dumps(texts))


def _tags(made: Outcome) -> None:
    _execute("SET CONSTRAINTS tag_depth_follows_parent DEFERRED")
    rows = list(made.tag_rows())
    new = set(made.ids.tags.values())
    _rows(CREATE_TAGS, [row for row in rows if row["id"] in new])
    _rows(CHANGE_TAGS, [row for row in rows if row["id"] not in new])
    _names(made)
    _execute("DELETE FROM taxonomy_tagname WHERE tag_id = ANY(%s)", made.deleted)
    _execute("DELETE FROM taxonomy_guideline WHERE tag_id = ANY(%s)", made.deleted)
    _execute("DELETE FROM taxonomy_ruleproposal WHERE subject_id = ANY(%s)", made.deleted)
    _execute("DELETE FROM taxonomy_ruleproposal WHERE other_id = ANY(%s)", made.deleted)
    _execute("DELETE FROM taxonomy_tag WHERE id = ANY(%s)", made.deleted)
    _execute("SET CONSTRAINTS tag_depth_follows_parent IMMEDIATE")


def _names(made: Outcome) -> None:
    renamed = made.renamed()
    _execute("DELETE FROM taxonomy_tagname WHERE tag_id = ANY(%s)", list(renamed))
    rows = [
        {
            "tag_id": tag,
            "language": language,
            "text": text,
            "preferred": bool(first),
            "normalised": keys(text).normalised,
            "pinyin": pinyin,
            "initials": initials,
        }
        for tag, names in renamed.items()
        for language, text, first, pinyin, initials in names
    ]
    _rows(NAMES, rows)


def _ids(table: str, count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [pk for (pk,) in cursor.fetchall()]


def _rows(statement: str, rows: Sequence[dict[str, Any]]) -> None:
    """All in one JSON document: adapting each value by itself takes ten times as long."""
    if rows:
        _execute(statement, json.dumps(rows))


def _execute(statement: str, *params: Any) -> None:
    if params and params[-1] == []:
        return  # nothing is named, so nothing is to be deleted
    with connection.cursor() as cursor:
        cursor.execute(statement, list(params) or None)
