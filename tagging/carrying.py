"""What videos have now follows the taxonomy: labels of a merged tag go to its heir, and come back with it.

The videos are locked first and in one order, as where reviews and suggestions are stored, so that nobody waits for each
other in a ring. A handful of statements, however many tags and videos.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

from tagging import tag_merges
from taxonomy.mappings import TagMapping

LOCK = """
SELECT id FROM tagging_video
WHERE id IN (SELECT video_id FROM tagging_videotag WHERE tag_id = ANY(%(tags)s)
             UNION SELECT video_id FROM tagging_carriedtag WHERE tag_id = ANY(%(tags)s))
ORDER BY id FOR NO KEY UPDATE
"""
CARRY = """
WITH map AS (
    SELECT * FROM unnest(%(tags)s::bigint[], %(heirs)s::bigint[]) AS map (tag, heir)
), carried AS (
    DELETE FROM tagging_videotag old USING map WHERE old.tag_id = map.tag RETURNING old.*, map.heir
), noted AS (
    INSERT INTO tagging_carriedtag (video_id, business_line_id, tag_id, heir_id, beside, source, given_at)
    SELECT video_id, business_line_id, tag_id, heir,
           EXISTS (SELECT FROM tagging_videotag own WHERE own.video_id = carried.video_id
                   AND own.business_line_id = carried.business_line_id AND own.tag_id = carried.heir),
           source, created_at
    FROM carried
)
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source, created_at)
SELECT DISTINCT ON (video_id, business_line_id, heir) video_id, business_line_id, heir, source, created_at
FROM carried ORDER BY video_id, business_line_id, heir, created_at
ON CONFLICT DO NOTHING
"""
# What was said of the video since it was carried counts more: then its tags were given anew, after carried_at.
BRING_BACK = """
WITH map AS (
    SELECT * FROM unnest(%(tags)s::bigint[], %(heirs)s::bigint[]) AS map (tag, heir)
), noted AS (
    DELETE FROM tagging_carriedtag note USING map WHERE note.tag_id = map.tag AND note.heir_id = map.heir
    RETURNING note.*
), standing AS (
    SELECT noted.* FROM noted JOIN tagging_videotag now
    ON now.video_id = noted.video_id AND now.business_line_id = noted.business_line_id
       AND now.tag_id = noted.heir_id AND now.created_at <= noted.carried_at
), taken AS (
    DELETE FROM tagging_videotag now USING standing
    WHERE now.video_id = standing.video_id AND now.business_line_id = standing.business_line_id
      AND now.tag_id = standing.heir_id AND NOT standing.beside
      AND NOT EXISTS (
          SELECT FROM tagging_carriedtag other
          WHERE other.video_id = now.video_id AND other.business_line_id = now.business_line_id
            AND other.heir_id = now.tag_id AND other.id NOT IN (SELECT id FROM noted)
      )
)
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source, created_at)
SELECT video_id, business_line_id, tag_id, source, given_at FROM standing ON CONFLICT DO NOTHING
"""

STRAGGLERS = """
SELECT id FROM taxonomy_tag tag
WHERE state = 'merged' AND EXISTS (SELECT FROM tagging_videotag given WHERE given.tag_id = tag.id)
"""


def follow(mapping: TagMapping) -> None:
    """Bring the tags of videos to what they mean in the newest version. Within the publishing transaction."""
    touched = {*mapping.merged, *mapping.revived}
    if not touched:
        return
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"tags": sorted(touched)})
    _execute(BRING_BACK, mapping.revived)
    _execute(CARRY, mapping.merged)


@transaction.atomic
def stragglers() -> int:
    """Carry labels that were given in the very moment of a merge, by who had read the version before. Returns tags.

    Publishing does not wait for people, so a review that began before it may end after it.
    """
    with connection.cursor() as cursor:
        cursor.execute(STRAGGLERS)
        found = {tag for (tag,) in cursor.fetchall()}
    merged = tag_merges.targets() if found else {}
    follow(TagMapping(merged={tag: merged[tag] for tag in found}))
    return len(found)


def _execute(statement: str, heirs: Mapping[int, int]) -> None:
    if heirs:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"tags": list(heirs), "heirs": list(heirs.values())})
