"""What videos have now follows the taxonomy: labels of a merged tag go to its heir, and come back with it.

Publishing writes the taxonomy only. What is to be carried is found in the database (labels of tags that are merged, and
notes of merges that no longer hold), and carried after the commit in short transactions, so that reviewers never wait
for more than a batch, and a process that dies loses nothing. Until then readers follow the merges (`tagging.standing`).

The videos are locked first and in one order, as where reviews and suggestions are stored, so that nobody waits for each
other in a ring. Where each tag went is asked within the statement that carries, so it is never older than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from django.db import connection, transaction

from tagging import tag_merges

BATCH = 500  # videos locked at once
AT_ONCE = 1_000  # videos whose labels the publisher carries before the page shows

MERGED = """
SELECT id FROM taxonomy_tag tag
WHERE state = 'merged' AND EXISTS (SELECT FROM tagging_videotag given WHERE given.tag_id = tag.id)
"""
# Each pair of tag and heir that there are notes of, by a walk over the index from one to the next.
NOTED = """
WITH RECURSIVE walk AS (
    (SELECT tag_id, heir_id FROM tagging_carriedtag ORDER BY tag_id, heir_id LIMIT 1)
    UNION ALL
    SELECT next.* FROM walk, LATERAL (
        SELECT tag_id, heir_id FROM tagging_carriedtag
        WHERE (tag_id, heir_id) > (walk.tag_id, walk.heir_id) ORDER BY tag_id, heir_id LIMIT 1
    ) AS next
) SELECT tag_id, heir_id FROM walk
"""
VIDEOS = """
SELECT video_id FROM tagging_videotag WHERE tag_id = ANY(%(merged)s)
UNION
SELECT note.video_id FROM tagging_carriedtag note
JOIN unnest(%(tags)s::bigint[], %(heirs)s::bigint[]) AS void (tag, heir) ON note.tag_id = tag AND note.heir_id = heir
ORDER BY video_id LIMIT %(most)s
"""
LOCK = "SELECT id FROM tagging_video WHERE id = ANY(%(videos)s) ORDER BY id FOR NO KEY UPDATE"
# Tags of these rows -> where they went, through any number of merges; those that went nowhere are left out.
_HEIRS = """
step (tag, heir) AS (
    SELECT id, merged_into_id FROM taxonomy_tag
    WHERE merged_into_id IS NOT NULL AND id IN (SELECT tag_id FROM {rows} WHERE video_id = ANY(%(videos)s))
    UNION
    SELECT step.tag, next.merged_into_id FROM step JOIN taxonomy_tag next ON next.id = step.heir
    WHERE next.merged_into_id IS NOT NULL
), map AS (
    SELECT step.tag, step.heir FROM step JOIN taxonomy_tag last ON last.id = step.heir
    WHERE last.merged_into_id IS NULL
)
"""
# The heir stands beside only where it was given by itself: not where a note says that it came from another tag.
CARRY = f"""
WITH RECURSIVE {_HEIRS.format(rows="tagging_videotag")}, carried AS (
    DELETE FROM tagging_videotag old USING map
    WHERE old.tag_id = map.tag AND old.video_id = ANY(%(videos)s) RETURNING old.*, map.heir
), noted AS (
    INSERT INTO tagging_carriedtag (video_id, business_line_id, tag_id, heir_id, beside, source, given_at)
    SELECT video_id, business_line_id, tag_id, heir,
           EXISTS (SELECT FROM tagging_videotag own WHERE own.video_id = carried.video_id
                   AND own.business_line_id = carried.business_line_id AND own.tag_id = carried.heir
                   AND NOT EXISTS (SELECT FROM tagging_carriedtag note WHERE note.video_id = own.video_id
                                   AND note.business_line_id = own.business_line_id AND note.heir_id = own.tag_id
                                   AND NOT note.beside AND own.created_at <= note.carried_at)),
           source, created_at
    FROM carried
)
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source, created_at)
SELECT DISTINCT ON (video_id, business_line_id, heir) video_id, business_line_id, heir, source, created_at
FROM carried ORDER BY video_id, business_line_id, heir, created_at
ON CONFLICT DO NOTHING
"""  # noqa: S608  # constants
# The videos are named for each table: the server, which knows nothing of how many rows each part gives, then reads no
# more than theirs.
# What was said of the video since it was carried counts more: then its tags were given anew, after carried_at.
BRING_BACK = f"""
WITH RECURSIVE {_HEIRS.format(rows="tagging_carriedtag")}, noted AS (
    DELETE FROM tagging_carriedtag note
    WHERE note.video_id = ANY(%(videos)s)
      AND NOT EXISTS (SELECT FROM map WHERE map.tag = note.tag_id AND map.heir = note.heir_id)
    RETURNING note.*
), standing AS (
    SELECT noted.* FROM noted JOIN tagging_videotag now
    ON now.video_id = noted.video_id AND now.business_line_id = noted.business_line_id
       AND now.tag_id = noted.heir_id AND now.created_at <= noted.carried_at
    WHERE now.video_id = ANY(%(videos)s)
), taken AS (
    DELETE FROM tagging_videotag now USING standing
    WHERE now.video_id = ANY(%(videos)s)
      AND now.video_id = standing.video_id AND now.business_line_id = standing.business_line_id
      AND now.tag_id = standing.heir_id AND NOT standing.beside
      AND (now.video_id, now.business_line_id, now.tag_id) NOT IN (
          SELECT video_id, business_line_id, heir_id FROM tagging_carriedtag
          WHERE video_id = ANY(%(videos)s) AND id NOT IN (SELECT id FROM noted)
      )
)
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source, created_at)
SELECT video_id, business_line_id, tag_id, source, given_at FROM standing ON CONFLICT DO NOTHING
"""  # noqa: S608  # constants


def carry(most: int | None = None, seconds: float | None = None) -> bool:
    """Bring the tags of videos to what they mean in the newest version. Returns whether that was all.

    At most so many videos, and no new batch after so many seconds. May be run by many at once, and again.
    """
    until = None if seconds is None else monotonic() + seconds
    found = waiting(None if most is None else most + 1)
    chosen = found[:most]
    for start in range(0, len(chosen), BATCH):
        if until is not None and monotonic() > until:
            return False
        _carry(chosen[start : start + BATCH])
    return most is None or len(found) <= most


def waiting(most: int | None = None) -> list[int]:
    """Videos that have labels to be carried or brought back, in order."""
    heirs = tag_merges.targets()
    with connection.cursor() as cursor:
        cursor.execute(MERGED)
        merged = [tag for (tag,) in cursor.fetchall()]
        cursor.execute(NOTED)
        void = [(tag, heir) for tag, heir in cursor.fetchall() if heirs.get(tag) != heir]
        if not merged and not void:
            return []
        values = {"merged": merged, "tags": [t for t, _heir in void], "heirs": [h for _tag, h in void], "most": most}
        cursor.execute(VIDEOS, values)
        return [video for (video,) in cursor.fetchall()]


@transaction.atomic
def _carry(videos: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for statement in (LOCK, BRING_BACK, CARRY):
            cursor.execute(statement, {"videos": list(videos)})
