"""The statements of group reviews: however many clips a group has, one reads it, one locks it, one writes it."""

from __future__ import annotations

from annotation import restoring

# It is assigned to nobody else, nobody has it on a review page (the reviewer neither: it may be shown otherwise there,
# and both together would tell), it was never shown to the reviewer as a probe, they have no other slot of the video,
# and it is neither a gold clip nor of the slice that is reviewed one by one so that what is measured on it stays
# unbiased.
_FREE = """
    task.business_line_id = %(line)s AND NOT task.audit AND coalesce(task.assignee_id, %(reviewer)s) = %(reviewer)s
    AND (task.state = 'waiting' OR task.state = 'claimed' AND task.lease_until < now())
    AND NOT EXISTS (SELECT FROM annotation_probe WHERE task_id = task.id AND reviewer_id = %(reviewer)s)
    AND NOT EXISTS (SELECT FROM annotation_goldclip gold WHERE gold.video_id = task.video_id
                    AND gold.business_line_id = %(line)s AND gold.retired_at IS NULL)
"""
_MINE_TO_GIVE = f"""
    {_FREE} AND task.slot <= (SELECT overlap FROM taxonomy_businessline WHERE id = %(line)s)
    AND (SELECT other.id FROM annotation_reviewtask other
         WHERE other.video_id = task.video_id AND other.business_line_id = task.business_line_id
           AND other.reviewer_id = %(reviewer)s AND other.id <> task.id LIMIT 1) IS NULL
"""  # noqa: S608  # constants
_CHOSEN = f"""
    LATERAL (
        SELECT task.id FROM annotation_reviewtask task WHERE task.video_id = member.video_id AND {_MINE_TO_GIVE}
        ORDER BY task.slot LIMIT 1
    ) chosen
"""  # noqa: S608  # constants
_SEEN = """
    LEFT JOIN LATERAL (
        SELECT id, model_version_id FROM tagging_suggestionset
        WHERE video_id = video.id ORDER BY created_at DESC, id DESC LIMIT 1
    ) seen ON true
"""
_SUGGESTED = """
    seen.model_version_id,
    (SELECT jsonb_agg(jsonb_build_array(tag_id, confidence, id) ORDER BY confidence DESC, tag_id)
     FROM tagging_suggestion WHERE suggestion_set_id = seen.id),
    ARRAY(SELECT given.tag_id FROM tagging_videotag given
          WHERE given.video_id = video.id AND given.business_line_id = %(line)s ORDER BY given.tag_id)
"""
READ = f"""
SELECT video.id, chosen.id, {_SUGGESTED},
       coalesce(nullif(video.title, ''), video.external_id), video.media_id IS NOT NULL, media.duration,
       EXISTS (SELECT FROM annotation_cliplook look WHERE look.group_id = member.group_id
               AND look.video_id = video.id AND look.reviewer_id = %(reviewer)s),
       EXISTS (SELECT FROM annotation_reviewtask own WHERE own.video_id = video.id
               AND own.business_line_id = %(line)s AND own.reviewer_id = %(reviewer)s AND own.state = 'done')
FROM annotation_groupedclip member
JOIN tagging_video video ON video.id = member.video_id
LEFT JOIN tagging_media media ON media.id = video.media_id
LEFT JOIN {_CHOSEN} ON true {_SEEN}
WHERE member.group_id = %(group)s AND NOT EXISTS (
    SELECT FROM annotation_goldclip gold WHERE gold.video_id = video.id
      AND gold.business_line_id = %(line)s AND gold.retired_at IS NULL)
ORDER BY member.id
"""  # noqa: S608  # constants

# The video is locked before the task, as everywhere. What somebody else has locked is in their hands: it is left out.
# The state is asked again of the task itself: who waited for a lock is shown the row as it is now.
LOCK = f"""
SELECT video.id, task.id, {_SUGGESTED},
       {restoring.BEFORE}
FROM annotation_groupedclip member
JOIN tagging_video video ON video.id = member.video_id
JOIN {_CHOSEN} ON true JOIN annotation_reviewtask task ON task.id = chosen.id AND {_FREE} {_SEEN}
WHERE member.group_id = %(group)s AND video.id <> ALL(%(without)s)
ORDER BY video.id FOR NO KEY UPDATE OF video, task SKIP LOCKED
"""  # noqa: S608  # constants

WRITE = """
WITH told AS (
    SELECT * FROM unnest(%(tasks)s::bigint[], %(videos)s::bigint[], %(operations)s::uuid[], %(models)s::bigint[],
                         %(befores)s::jsonb[]) AS told(task, video, operation, model, before)
), review AS (
    INSERT INTO annotation_review
        (task_id, reviewer_id, kind, operation, taxonomy_version_id, model_version_id, seconds)
    SELECT task, %(reviewer)s, 'review', operation, %(taxonomy)s, model, %(seconds)s FROM told ORDER BY task
    RETURNING id, task_id
), verdict AS (
    INSERT INTO annotation_verdict (review_id, tag_id, choice, reason, suggestion_id, confidence, guideline_id)
    SELECT review.id, said.tag, said.choice, '', said.suggestion, said.confidence, said.guideline
    FROM unnest(%(said_tasks)s::bigint[], %(tags)s::bigint[], %(choices)s::text[], %(suggestions)s::bigint[],
                %(confidences)s::float8[], %(guidelines)s::bigint[])
        AS said(task, tag, choice, suggestion, confidence, guideline)
    JOIN review ON review.task_id = said.task
), gift AS (
    SELECT * FROM unnest(%(given_videos)s::bigint[], %(given_tags)s::bigint[]) AS gift(video, tag)
), gone AS (
    DELETE FROM tagging_videotag old USING told
    WHERE old.video_id = told.video AND old.business_line_id = %(line)s
      AND NOT EXISTS (SELECT FROM gift WHERE gift.video = old.video_id AND gift.tag = old.tag_id)
), given AS (
    INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source)
    SELECT video, %(line)s, tag, 'review' FROM gift ORDER BY video, tag
    ON CONFLICT (video_id, business_line_id, tag_id)
    DO UPDATE SET source = excluded.source, created_at = excluded.created_at
), done AS (
    UPDATE annotation_reviewtask task
    SET state = 'done', reviewer_id = %(reviewer)s, done_at = statement_timestamp(), lease_until = NULL,
        assignee_id = NULL, current_review_id = review.id
    FROM review WHERE task.id = review.task_id
), seen AS (
    UPDATE tagging_video SET reviewed_at = statement_timestamp()
    FROM told WHERE tagging_video.id = told.video AND reviewed_at IS NULL
), item AS (
    INSERT INTO annotation_groupreviewitem (event_id, review_id, before, given)
    SELECT %(event)s, review.id, told.before, ARRAY(SELECT gift.tag FROM gift WHERE gift.video = told.video ORDER BY 1)
    FROM review JOIN told ON told.task = review.task_id
)
SELECT video FROM told WHERE EXISTS (
    SELECT FROM annotation_reviewtask other
    WHERE other.video_id = told.video AND other.business_line_id = %(line)s AND other.id <> told.task
      AND other.current_review_id IS NOT NULL
) OR EXISTS (SELECT FROM annotation_ruling WHERE video_id = told.video AND business_line_id = %(line)s)
"""
# What several people say together may be something else than what this review said.
SETTLED = """
UPDATE annotation_groupreviewitem item SET given = ARRAY(
    SELECT given.tag_id FROM tagging_videotag given
    WHERE given.video_id = task.video_id AND given.business_line_id = %(line)s ORDER BY given.tag_id)
FROM annotation_review review JOIN annotation_reviewtask task ON task.id = review.task_id
WHERE item.event_id = %(event)s AND review.id = item.review_id AND task.video_id = ANY(%(videos)s)
RETURNING item.id
"""

# Locked first, in a statement of its own: the next one then sees what whoever held the locks has written.
LOCK_ITEMS = """
SELECT item.id, video.id, task.id
FROM annotation_groupreviewitem item JOIN annotation_review review ON review.id = item.review_id
JOIN annotation_reviewtask task ON task.id = review.task_id JOIN tagging_video video ON video.id = task.video_id
WHERE item.event_id = %(event)s ORDER BY video.id FOR NO KEY UPDATE OF video, task
"""
