"""What labels stand for: after a merge is published and until they are carried, readers take those of a merged tag for
labels of where it went.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Prefetch

from tagging import tag_merges
from tagging.models import Video
from taxonomy.models import Tag

# For a larger statement: labels (video_id, business_line_id, tag_id, source) by what they stand for, each once. Costs
# next to nothing more than the table where nothing waits to be carried.
LABELS = """(
    WITH RECURSIVE heir (tag, heir) AS (
        SELECT id, merged_into_id FROM taxonomy_tag WHERE merged_into_id IS NOT NULL
        UNION
        SELECT heir.tag, next.merged_into_id FROM heir JOIN taxonomy_tag next ON next.id = heir.heir
        WHERE next.merged_into_id IS NOT NULL
    ), waiting AS (
        SELECT DISTINCT ON (given.video_id, given.business_line_id, heir.heir)
               given.video_id, given.business_line_id, heir.heir AS tag_id, given.source
        FROM heir JOIN taxonomy_tag last ON last.id = heir.heir AND last.merged_into_id IS NULL
        JOIN tagging_videotag given ON given.tag_id = heir.tag
    )
    SELECT given.video_id, given.business_line_id, given.tag_id, given.source
    FROM tagging_videotag given JOIN taxonomy_tag tag ON tag.id = given.tag_id AND tag.merged_into_id IS NULL
    UNION ALL
    SELECT * FROM waiting WHERE NOT EXISTS (
        SELECT FROM tagging_videotag own WHERE own.video_id = waiting.video_id
          AND own.business_line_id = waiting.business_line_id AND own.tag_id = waiting.tag_id)
)"""

# The tags of a branch and what was merged into them. A merged tag stands where its heir does, not where it stood.
BRANCH = """
    WITH RECURSIVE branch AS (
        SELECT id FROM taxonomy_tag WHERE id = %s
        UNION ALL
        SELECT tag.id FROM taxonomy_tag tag JOIN branch ON tag.parent_id = branch.id WHERE tag.merged_into_id IS NULL
    ), same AS (
        SELECT id FROM branch
        UNION SELECT tag.id FROM taxonomy_tag tag JOIN same ON tag.merged_into_id = same.id
    )
    SELECT id FROM same
"""


def branch(tag: int) -> list[int]:
    """The tags whose labels count for this one when those below it count too."""
    with connection.cursor() as cursor:
        cursor.execute(BRANCH, [tag])
        return [pk for (pk,) in cursor.fetchall()]


def follow(videos: Iterable[Video], names: Prefetch[Any, Any, Any]) -> None:
    """Let the prefetched labels of these videos name what they stand for. No query where nothing waits, else three.

    `names` is how the names of tags were prefetched.
    """
    labels = [label for video in videos for label in video.video_tags.all() if label.tag.merged_into_id]
    if not labels:
        return
    heirs = tag_merges.targets()
    tags = Tag.objects.prefetch_related(names).in_bulk({heirs.get(label.tag_id, label.tag_id) for label in labels})
    for label in labels:
        label.tag = tags[heirs.get(label.tag_id, label.tag_id)]
