"""Staged tags and names into the live tables: one statement a step, parents before their children.

Each step first writes what it will do into a temporary table, from which the report is told.
"""

from __future__ import annotations

from django.db import connection

from taxonomy.models import MAX_DEPTH

DROPPED = "DROP TABLE IF EXISTS import_new, import_change, import_touched, import_name_gone, import_name_new"
NEW = """
    CREATE TEMP TABLE import_new ON COMMIT DROP AS
    SELECT row.*, coalesce(place.depth, 1) AS depth,
        (SELECT coalesce(max(position), -1) FROM taxonomy_tag) + row_number() OVER (ORDER BY line, row.ctid) AS position
    FROM import_tag row LEFT JOIN (SELECT code, depth FROM import_place) place USING (code)
    WHERE NOT EXISTS (SELECT FROM taxonomy_tag tag WHERE tag.code = row.code)
"""
CREATE = """
    INSERT INTO taxonomy_tag (code, name, kind, state, assignable, position, parent_id, parent_depth)
    SELECT new.code, new.name, new.kind, new.state, new.assignable, new.position, parent.id, parent.depth
    FROM import_new new LEFT JOIN taxonomy_tag parent ON parent.code = new.parent AND new.parent <> ''
    WHERE new.depth = %s ORDER BY new.position
"""
CHANGE = """
    CREATE TEMP TABLE import_change ON COMMIT DROP AS
    SELECT tag.id, row.line, row.code, row.name, row.kind, row.state, row.assignable, row.parent,
        parent.id AS parent_id, nullif(place.depth, 1) - 1 AS parent_depth, tag.name AS old_name,
        tag.kind AS old_kind, tag.state AS old_state, tag.assignable AS old_assignable, old.code AS old_parent
    FROM import_tag row JOIN taxonomy_tag tag ON tag.code = row.code
    LEFT JOIN taxonomy_tag parent ON parent.code = row.parent
    LEFT JOIN taxonomy_tag old ON old.id = tag.parent_id
    LEFT JOIN import_place place ON place.code = row.code
    WHERE NOT EXISTS (SELECT FROM import_new new WHERE new.code = row.code)
      AND (tag.name, tag.kind, tag.state, tag.assignable, tag.parent_id)
          IS DISTINCT FROM (row.name, row.kind, row.state, row.assignable, parent.id)
"""
# The depths of whole branches are among the rows; the tree's own foreign key carries those that the file leaves out.
CHANGED = """
    UPDATE taxonomy_tag tag SET name = new.name, kind = new.kind, state = new.state, assignable = new.assignable,
        parent_id = new.parent_id, parent_depth = new.parent_depth
    FROM import_change new WHERE new.id = tag.id
"""
# A name goes when the file says something else of it: filed otherwise, left out of what the file speaks of, or no
# longer the preferred one of its language.
GONE = """
    CREATE TEMP TABLE import_name_gone ON COMMIT DROP AS
    SELECT name.id, name.tag_id, tag.code, name.text
    FROM taxonomy_tagname name JOIN taxonomy_tag tag ON tag.id = name.tag_id JOIN import_tag row ON row.code = tag.code
    LEFT JOIN import_name same ON same.code = tag.code AND same.language = name.language AND same.text = name.text
    WHERE same.preferred IS DISTINCT FROM name.preferred AND (
        same.code IS NOT NULL
        OR EXISTS (SELECT FROM import_spoken WHERE language IN (name.language, '*') AND preferred = name.preferred)
        OR name.preferred AND EXISTS (SELECT FROM import_name other
            WHERE other.code = tag.code AND other.language = name.language AND other.preferred))
"""
DELETE = "DELETE FROM taxonomy_tagname name USING import_name_gone gone WHERE name.id = gone.id"
# An alias filed under a third language is no new one.
NAMES = """
    CREATE TEMP TABLE import_name_new ON COMMIT DROP AS
    SELECT DISTINCT ON (tag.id, name.language, name.text) tag.id AS tag_id, name.*
    FROM import_name name JOIN taxonomy_tag tag ON tag.code = name.code
    WHERE NOT EXISTS (SELECT FROM taxonomy_tagname known WHERE known.tag_id = tag.id AND known.text = name.text
        AND (known.language = name.language OR NOT name.preferred))
    ORDER BY tag.id, name.language, name.text, name.preferred DESC
"""
ADD = """
    INSERT INTO taxonomy_tagname (tag_id, language, text, preferred, normalised, pinyin, initials)
    SELECT tag_id, language, text, preferred, normalised, pinyin, initials FROM import_name_new
"""
TOUCHED = """
    CREATE TEMP TABLE import_touched ON COMMIT DROP AS
    SELECT id FROM import_change UNION SELECT tag_id FROM import_name_gone UNION SELECT tag_id FROM import_name_new
"""
COUNTS = """
    SELECT (SELECT count(*) FROM import_tag), (SELECT count(*) FROM import_new), (
        SELECT count(*) FROM import_touched JOIN taxonomy_tag tag USING (id)
        WHERE NOT EXISTS (SELECT FROM import_new new WHERE new.code = tag.code))
"""


def merge() -> tuple[int, int, int]:
    """Bring the staged tags into the live tables, once they are checked: how many are new, changed, unchanged."""
    with connection.cursor() as cursor:
        cursor.execute(DROPPED)
        cursor.execute(NEW)
        cursor.execute("CREATE INDEX ON import_new (code); ANALYZE import_new, import_place")
        for depth in range(1, MAX_DEPTH + 1):
            cursor.execute(CREATE, [depth])
        for statement in (CHANGE, CHANGED, GONE, DELETE, NAMES, ADD, TOUCHED, COUNTS):
            cursor.execute(statement)
        every, new, changed = cursor.fetchone()
    return new, changed, every - new - changed
