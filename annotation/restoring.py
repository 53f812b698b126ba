"""Taking reviews back so that nothing remains of them: the rows are put back as they were, where nobody went on.

Who stores a review that is to be taken back this way keeps, in the same transaction, `BEFORE` of the locked video and
the tags that the video had afterwards. The review itself stays, beside the one that undoes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from annotation.agreement import consensus
from tagging import statements

# Of a locked `task` and its `video`: columns as PostgreSQL writes them, so that nothing is rounded.
BEFORE = """
    jsonb_build_object('task', to_jsonb(task), 'reviewed_at', video.reviewed_at, 'tags',
        (SELECT coalesce(jsonb_agg(to_jsonb(given) ORDER BY given.id), '[]') FROM tagging_videotag given
         WHERE given.video_id = video.id AND given.business_line_id = %(line)s))
"""

# A clip is restored where its review still holds, no other one of the video came later, and its tags are still those.
# A lease of somebody else that had run out is not given to them again. Tokens only grow.
_RESTORE = """
WITH back AS (
    SELECT item.id AS item, item.review_id, item.before, task.id AS task, task.video_id AS video, told.operation
    FROM unnest(%(items)s::bigint[], %(operations)s::uuid[]) AS told(item, operation)
    JOIN {kept} item ON item.id = told.item
    JOIN annotation_reviewtask task ON task.current_review_id = item.review_id AND task.state = 'done'
    WHERE NOT EXISTS (
        SELECT FROM annotation_reviewtask other JOIN annotation_review later ON later.task_id = other.id
        WHERE other.video_id = task.video_id AND other.business_line_id = %(line)s AND later.id > item.review_id)
      AND item.given = ARRAY(SELECT given.tag_id FROM tagging_videotag given
          WHERE given.video_id = task.video_id AND given.business_line_id = %(line)s ORDER BY given.tag_id)
), undoing AS (
    INSERT INTO annotation_review
        (task_id, reviewer_id, kind, operation, undoes_id, taxonomy_version_id, model_version_id)
    SELECT back.task, %(reviewer)s, 'undo', back.operation, review.id, review.taxonomy_version_id,
           review.model_version_id
    FROM back JOIN annotation_review review ON review.id = back.review_id ORDER BY back.task
), was AS (
    SELECT back.item, (jsonb_populate_record(NULL::tagging_videotag, tag)).*
    FROM back CROSS JOIN LATERAL jsonb_array_elements(back.before -> 'tags') AS tag
), gone AS (
    DELETE FROM tagging_videotag given USING back
    WHERE given.video_id = back.video AND given.business_line_id = %(line)s
      AND NOT EXISTS (SELECT FROM was WHERE was.video_id = given.video_id AND was.tag_id = given.tag_id)
), given AS (
    INSERT INTO tagging_videotag (id, video_id, business_line_id, tag_id, source, created_at)
    SELECT id, video_id, business_line_id, tag_id, source, created_at FROM was
    ON CONFLICT (video_id, business_line_id, tag_id)  -- it was taken away and given again since: it is another row
    DO UPDATE SET id = excluded.id, source = excluded.source, created_at = excluded.created_at
), task AS (
    UPDATE annotation_reviewtask task
    SET state = CASE WHEN theirs THEN 'waiting' ELSE former.state END,
        reviewer_id = CASE WHEN theirs THEN NULL ELSE former.reviewer_id END,
        lease_until = CASE WHEN theirs THEN NULL ELSE former.lease_until END,
        assignee_id = former.assignee_id, current_review_id = former.current_review_id, done_at = former.done_at
    FROM back CROSS JOIN LATERAL jsonb_populate_record(NULL::annotation_reviewtask, back.before -> 'task') former
    CROSS JOIN LATERAL (SELECT former.state = 'claimed' AND former.reviewer_id <> %(reviewer)s AS theirs) holder
    WHERE task.id = back.task
), unseen AS (
    UPDATE tagging_video video SET reviewed_at = NULL
    FROM back WHERE video.id = back.video AND back.before -> 'reviewed_at' = 'null'
      AND NOT EXISTS (SELECT FROM annotation_reviewtask other WHERE other.video_id = back.video
          AND other.id <> back.task AND other.current_review_id IS NOT NULL)
)
SELECT video, EXISTS (
    SELECT FROM annotation_reviewtask other
    WHERE other.video_id = back.video AND other.business_line_id = %(line)s AND other.current_review_id IS NOT NULL
      AND other.current_review_id <> back.review_id
) OR EXISTS (SELECT FROM annotation_ruling WHERE video_id = back.video AND business_line_id = %(line)s)
FROM back
"""


def restore(kept: str, undoings: Mapping[int, UUID], *, reviewer: int, line: int) -> set[int]:
    """Take reviews back and return the videos restored; those that somebody went on from stay as they are.

    `kept` names a table with id, review_id, before and given; `undoings` has, by such an id, the operation of the
    review that undoes. The videos and tasks have been locked by a statement of its own: this one then sees what
    whoever held the locks has written.
    """
    items = sorted(undoings)
    values = {
        "items": items,
        "operations": [undoings[item] for item in items],
        "reviewer": reviewer,
        "line": line,
    }
    restored = dict(statements.rows(_RESTORE.format(kept=kept), values))
    if shared := [video for video, others in restored.items() if others]:
        consensus.settle(shared, line)
    return set(restored)
