"""Staged rules, relations and guidelines into the live tables."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection

DROPPED = "DROP TABLE IF EXISTS import_rule_known, import_rule_done"
KNOWN = """
    CREATE TEMP TABLE import_rule_known ON COMMIT DROP AS
    SELECT rule.id, rule.kind, subject.code AS subject, coalesce(line.slug, '') AS slug, rule.weight, rule.note,
        coalesce(array_agg(other.code::text ORDER BY other.code COLLATE "C") FILTER (WHERE other.id IS NOT NULL), '{}')
            AS others
    FROM taxonomy_rule rule JOIN taxonomy_tag subject ON subject.id = rule.subject_id
    LEFT JOIN taxonomy_businessline line ON line.id = rule.business_line_id
    LEFT JOIN taxonomy_rule_others through ON through.rule_id = rule.id
    LEFT JOIN taxonomy_tag other ON other.id = through.tag_id
    WHERE EXISTS (SELECT FROM import_rule) GROUP BY rule.id, subject.code, line.slug
"""
# A rule is the same if it says the same of the same tags; of several such in a file the last one counts.
DONE = """
    CREATE TEMP TABLE import_rule_done ON COMMIT DROP AS
    SELECT row.*, known.id IS NULL AS new,
        coalesce(known.id, nextval(pg_get_serial_sequence('taxonomy_rule', 'id'))) AS id
    FROM (
        SELECT DISTINCT ON (kind, subject, others, slug) * FROM import_rule
        ORDER BY kind, subject, others, slug, line DESC
    ) row
    LEFT JOIN import_rule_known known USING (kind, subject, others, slug)
    WHERE known.id IS NULL
       OR (known.weight, known.note) IS DISTINCT FROM (row.weight, coalesce(nullif(row.note, ''), known.note))
    ORDER BY row.line
"""
RULES = """
    INSERT INTO taxonomy_rule (id, kind, subject_id, business_line_id, weight, note)
    SELECT done.id, done.kind, tag.id, line.id, done.weight, done.note
    FROM import_rule_done done JOIN taxonomy_tag tag ON tag.code = done.subject
    LEFT JOIN taxonomy_businessline line ON line.slug = done.slug ORDER BY done.line
    ON CONFLICT (id) DO UPDATE
    SET weight = excluded.weight, note = coalesce(nullif(excluded.note, ''), taxonomy_rule.note)
"""
OTHERS = """
    INSERT INTO taxonomy_rule_others (rule_id, tag_id)
    SELECT done.id, tag.id FROM import_rule_done done CROSS JOIN unnest(done.others) AS other
    JOIN taxonomy_tag tag ON tag.code = other WHERE done.new
"""
NO_RELATIONS = """
    DELETE FROM taxonomy_tagrelation relation USING taxonomy_tag tag, import_tag row
    WHERE tag.id = relation.tag_id AND row.code = tag.code AND relation.kind <> 'split_into' AND NOT EXISTS (
        SELECT FROM import_relation wanted LEFT JOIN taxonomy_tag other ON other.code = wanted.other
        WHERE wanted.tag = tag.code AND wanted.kind = relation.kind AND wanted.uri = relation.uri
          AND other.id IS NOT DISTINCT FROM relation.other_id)
"""
RELATIONS = """
    INSERT INTO taxonomy_tagrelation (tag_id, kind, other_id, uri)
    SELECT DISTINCT tag.id, row.kind, other.id, row.uri
    FROM import_relation row JOIN taxonomy_tag tag ON tag.code = row.tag
    LEFT JOIN taxonomy_tag other ON other.code = row.other AND row.uri = ''
    WHERE tag.id IS DISTINCT FROM other.id
    ON CONFLICT DO NOTHING
"""
GUIDELINES = """
    INSERT INTO taxonomy_guideline
        (tag_id, version, body, examples, counter_examples, confirm, author_id, created_at)
    SELECT DISTINCT ON (tag.id) tag.id, coalesce(newest.version, 0) + 1, row.body, '{}', '{}', false, %s, now()
    FROM import_guideline row JOIN taxonomy_tag tag ON tag.code = row.tag
    LEFT JOIN LATERAL (
        SELECT version, body FROM taxonomy_guideline guideline
        WHERE guideline.tag_id = tag.id AND business_line_id IS NULL ORDER BY version DESC LIMIT 1
    ) newest ON true
    WHERE newest.body IS DISTINCT FROM row.body
"""


def rules() -> int:
    """Add and change the staged rules. Returns how many."""
    with connection.cursor() as cursor:
        for statement in (DROPPED, KNOWN, DONE, RULES):
            cursor.execute(statement)
        done = cursor.rowcount
        cursor.execute(OTHERS)
    return done


def relations(spoken: bool) -> int:
    """Add the staged relations, and where the file speaks of relations take away the others of its tags."""
    with connection.cursor() as cursor:
        gone = 0
        if spoken:
            cursor.execute(NO_RELATIONS)
            gone = cursor.rowcount
        cursor.execute(RELATIONS)
        return gone + cursor.rowcount


def guidelines(author: User | None) -> int:
    """Give the tags the staged texts where they differ from the newest ones."""
    with connection.cursor() as cursor:
        cursor.execute(GUIDELINES, [author.pk if author else None])
        return cursor.rowcount
