"""The rows of a submitted review: read under a lock with one statement, written with another."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from annotation.models import Review
from annotation.probes import answers, disguise
from annotation.probes.answers import Answer
from annotation.probes.disguise import PLAIN, Disguise
from annotation.verdicts import Said
from tagging import statements
from taxonomy import rulebook
from taxonomy.edition import EDITION, NOTHING, Edition

# Reviewers of the other slots write the same tags of the video, so it is locked too. The video is locked first, as
# where suggestions are stored, so that the two never wait for each other.
LOCK = f"""
SELECT task.video_id, task.business_line_id, {EDITION}, seen.id IS NOT NULL,
       (SELECT jsonb_object_agg(tag_id, jsonb_build_array(id, confidence))
        FROM tagging_suggestion WHERE suggestion_set_id = seen.id),
       probe.id, probe.told, (SELECT duration FROM tagging_media WHERE id = video.media_id)
FROM annotation_reviewtask task
JOIN tagging_video video ON video.id = task.video_id
LEFT JOIN tagging_suggestionset seen ON seen.video_id = task.video_id AND seen.model_version_id = %(model)s
LEFT JOIN LATERAL ({disguise.ASKED}) probe ON true
WHERE task.id = %(task)s AND task.reviewer_id = %(reviewer)s AND task.token = %(token)s AND task.state = 'claimed'
FOR NO KEY UPDATE OF video, task
"""  # noqa: S608  # constants

# The video's tags that stay keep their row; keys are checked at the end of the transaction.
WRITE = """
WITH review AS (
    INSERT INTO annotation_review
        (task_id, reviewer_id, kind, operation, taxonomy_version_id, model_version_id, seconds, keystrokes, edits)
    VALUES (%(task)s, %(reviewer)s, %(kind)s::text, %(operation)s, %(taxonomy)s, %(model)s,
            %(seconds)s, %(keystrokes)s, %(edits)s)
    RETURNING id, created_at
), verdict AS (
    INSERT INTO annotation_verdict
        (review_id, tag_id, choice, reason, replacement_id, suggestion_id, confidence, guideline_id,
         "start", "end")
    SELECT review.id, said.* FROM review, unnest(
        %(tags)s::bigint[], %(choices)s::text[], %(reasons)s::text[], %(replacements)s::bigint[],
        %(suggestions)s::bigint[], %(confidences)s::float8[], %(guidelines)s::bigint[], %(starts)s::float8[],
        %(ends)s::float8[]) AS said
), gone AS (
    DELETE FROM tagging_videotag
    WHERE video_id = %(video)s AND business_line_id = %(line)s AND tag_id <> ALL(%(given)s::bigint[])
      AND %(kind)s::text <> 'gold'
), given AS (
    INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source)
    SELECT %(video)s, %(line)s, tag, 'review' FROM unnest(%(given)s::bigint[]) AS tag WHERE %(kind)s::text <> 'gold'
    ON CONFLICT (video_id, business_line_id, tag_id)
    DO UPDATE SET source = excluded.source, created_at = excluded.created_at
), done AS (
    UPDATE annotation_reviewtask
    SET state = 'done', done_at = statement_timestamp(), lease_until = NULL, assignee_id = NULL,
        current_review_id = CASE WHEN %(kind)s::text <> 'gold' THEN review.id END
    FROM review WHERE annotation_reviewtask.id = %(task)s
), answer AS (
    INSERT INTO annotation_probeanswer (review_id, probe_id, choice, said)
    SELECT review.id, %(probe)s, %(answer)s, %(said)s::jsonb FROM review WHERE %(probe)s::bigint IS NOT NULL
), seen AS (
    UPDATE tagging_video SET reviewed_at = statement_timestamp() WHERE id = %(video)s AND reviewed_at IS NULL
      AND %(kind)s::text <> 'gold'
)
SELECT id, created_at, %(kind)s::text <> 'gold' AND (EXISTS (
    SELECT FROM annotation_reviewtask other
    WHERE other.video_id = %(video)s AND other.business_line_id = %(line)s AND other.id <> %(task)s
      AND other.current_review_id IS NOT NULL
) OR EXISTS (
    SELECT FROM annotation_ruling WHERE video_id = %(video)s AND business_line_id = %(line)s
)) FROM review
"""


@dataclass(frozen=True)
class Locked:
    """A claimed task, locked until the end of the transaction, with what a review of it is held against."""

    video: int
    line: int
    edition: Edition
    looked_at: bool  # by the model that was asked for
    proposed: Mapping[int, tuple[int | None, float]]  # tag -> id of the suggestion (none: it was seeded), confidence
    length: float = 0.0  # seconds of the clip; 0 for a video of text only
    probe: int | None = None
    disguise: Disguise = PLAIN


def lock(task: int, reviewer: int, token: int, model_version: int | None) -> Locked | None:
    """None when this reviewer does not hold the task with this token."""
    values = {"task": task, "reviewer": reviewer, "token": token, "model": model_version}
    row = statements.row(LOCK, values)
    if row is None:
        return None
    video, line, published, looked_at, proposed, probe, told, length = row
    edition = Edition(*published) if published else NOTHING
    shown = {int(tag): (suggestion, confidence) for tag, (suggestion, confidence) in (proposed or {}).items()}
    # The page shows what was said of a merged tag as said of where it went.
    heirs = rulebook.successors(shown, edition, line)
    surest = sorted(shown, key=lambda tag: shown[tag][1])
    known = shown | {heirs.get(tag, tag): shown[tag] for tag in surest}
    asked = disguise.of(told)
    asked = disguise.today(asked, rulebook.successors(asked.tags, edition, line), known)
    seen = _shown(known, asked, edition, line)
    return Locked(video, line, edition, looked_at, seen, length or 0.0, probe, asked)


def _shown(
    proposed: Mapping[int, tuple[int, float]], asked: Disguise, edition: Edition, line: int
) -> Mapping[int, tuple[int | None, float]]:
    """Of what the models propose, what the reviewer saw."""
    if asked.kind == "blind":
        return {}
    if asked.kind == "wrong" and asked.tag is not None and asked.shown:
        return {**proposed, asked.tag: (None, asked.shown[0])}
    book = rulebook.of(edition, line)
    return {tag: suggestion for tag, suggestion in proposed.items() if not disguise.hides(asked, tag, book)}


def write(
    review: Review,
    task: Locked,
    said: Sequence[Said],
    answer: Answer,
    guidelines: Mapping[int, int],
    given: Collection[int],
) -> bool:
    """Store the review, its verdicts and the tags they give; finish the task. The review gets its id.

    `said` is what was sent, `answer` what of it is kept; `guidelines` are the ids of the texts that hold, by tag.
    Returns whether others have had their say on the video.
    """
    kept = answer.kept
    shown = [task.proposed.get(s.tag, (None, None)) for s in kept]
    values = {
        "task": review.task_id,
        "reviewer": review.reviewer_id,
        "operation": review.operation,
        "kind": str(review.kind),
        "taxonomy": review.taxonomy_version_id,
        "model": review.model_version_id,
        "seconds": review.seconds,
        "keystrokes": review.keystrokes,
        "edits": review.edits,
        "tags": [s.tag for s in kept],
        "choices": [str(s.choice) for s in kept],
        "reasons": [str(s.reason) for s in kept],
        "replacements": [s.replacement for s in kept],
        "suggestions": [suggestion for suggestion, _confidence in shown],
        "confidences": [confidence for _suggestion, confidence in shown],
        "guidelines": [guidelines.get(s.tag) for s in kept],
        "starts": [s.start for s in kept],
        "ends": [s.end for s in kept],
        "video": task.video,
        "line": task.line,
        "given": sorted(given),
        "probe": task.probe,
        "answer": answer.choice,
        "said": json.dumps(answers.packed(said)),
    }
    row = statements.row(WRITE, values)
    assert row
    review.pk, review.created_at, shared = row
    review._state.adding = False
    return shared
