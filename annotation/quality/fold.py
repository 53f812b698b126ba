"""Adding what is new to the sums (`models.py`).

A review counts on the day it was sent; an undo takes it away from that same day. Both are noted by a trigger, so none
is forgotten and none counts twice: the notes are taken out by the statement that adds them. One fold runs at a time;
the next one takes what came meanwhile.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from tagging import statements

BATCH = 20_000  # reviews a statement: about a second
LOCK = 7_205_301  # of the one fold that runs; any number that nothing else in this database uses

# Not the reviewers' own words: what was imported is left out. What was shown otherwise than the models said
# (probes) counts as work, and not as acceptance.
FOLD = """
WITH batch AS (
    DELETE FROM annotation_unfolded
    WHERE review_id = ANY(ARRAY(SELECT review_id FROM annotation_unfolded ORDER BY review_id LIMIT %(batch)s))
    RETURNING review_id
), review AS MATERIALIZED (
    SELECT source.id, CASE WHEN event.kind = 'undo' THEN -1 ELSE 1 END AS n,
           (source.created_at AT TIME ZONE %(zone)s)::date AS day, task.business_line_id AS line,
           source.reviewer_id AS reviewer, source.model_version_id AS version, source.seconds,
           source.keystrokes, source.edits, task.audit,
           EXISTS (SELECT FROM annotation_probeanswer answer WHERE answer.review_id = source.id) AS probed
    FROM batch
    JOIN annotation_review event ON event.id = batch.review_id
    JOIN annotation_review source ON source.id = coalesce(event.undoes_id, event.id) AND source.kind = 'review'
    JOIN annotation_reviewtask task ON task.id = source.task_id
), verdict AS MATERIALIZED (
    SELECT review.*, date_trunc('week', review.day)::date AS week, tag_id AS tag, choice, reason,
           replacement_id AS replacement, confidence
    FROM review JOIN annotation_verdict ON review_id = review.id
), judged AS (
    SELECT * FROM verdict WHERE NOT probed
), choices AS (
    SELECT day, line, reviewer, sum(n) FILTER (WHERE choice = 'accept') AS accepted,
           sum(n) FILTER (WHERE choice = 'reject') AS rejected,
           sum(n) FILTER (WHERE choice = 'replace') AS replaced, sum(n) FILTER (WHERE choice = 'add') AS added
    FROM verdict GROUP BY day, line, reviewer
), work AS (
    SELECT day, line, reviewer, sum(n) AS reviews, sum(n) FILTER (WHERE seconds IS NOT NULL) AS timed,
           sum(n * seconds) AS seconds, sum(n) FILTER (WHERE keystrokes IS NOT NULL) AS counted,
           sum(n * keystrokes) AS keystrokes, sum(n * edits) AS edits
    FROM review GROUP BY day, line, reviewer
), days AS (
    INSERT INTO annotation_workday AS kept
        (day, business_line_id, reviewer_id, reviews, timed, seconds, counted, keystrokes, edits,
         accepted, rejected, replaced, added)
    SELECT day, line, reviewer, reviews, coalesce(timed, 0), coalesce(seconds, 0), coalesce(counted, 0),
           coalesce(keystrokes, 0), coalesce(edits, 0),
           coalesce(accepted, 0), coalesce(rejected, 0), coalesce(replaced, 0), coalesce(added, 0)
    FROM work LEFT JOIN choices USING (day, line, reviewer)
    ON CONFLICT (day, business_line_id, reviewer_id) DO UPDATE SET
        reviews = kept.reviews + excluded.reviews, timed = kept.timed + excluded.timed,
        seconds = kept.seconds + excluded.seconds, counted = kept.counted + excluded.counted,
        keystrokes = kept.keystrokes + excluded.keystrokes, edits = kept.edits + excluded.edits,
        accepted = kept.accepted + excluded.accepted,
        rejected = kept.rejected + excluded.rejected, replaced = kept.replaced + excluded.replaced,
        added = kept.added + excluded.added
), said AS (
    SELECT week, line, tag, audit, version, choice, reason, n FROM judged
    UNION ALL
    SELECT week, line, replacement, audit, version, 'put', '', n FROM judged WHERE choice = 'replace'
), tags AS (
    INSERT INTO annotation_tagweek AS kept (week, business_line_id, tag_id, audit, model_version_id,
                                            accepted, rejected, replaced, added, put, unclear)
    SELECT week, line, tag, audit, version,
           coalesce(sum(n) FILTER (WHERE choice = 'accept'), 0), coalesce(sum(n) FILTER (WHERE choice = 'reject'), 0),
           coalesce(sum(n) FILTER (WHERE choice = 'replace'), 0), coalesce(sum(n) FILTER (WHERE choice = 'add'), 0),
           coalesce(sum(n) FILTER (WHERE choice = 'put'), 0),
           coalesce(sum(n) FILTER (WHERE reason IN ('guideline', 'general', 'minor')), 0)
    FROM said GROUP BY GROUPING SETS ((week, line, tag, audit, version), (line, tag, audit, version))
    ON CONFLICT (week, business_line_id, tag_id, audit, model_version_id) DO UPDATE SET
        accepted = kept.accepted + excluded.accepted, rejected = kept.rejected + excluded.rejected,
        replaced = kept.replaced + excluded.replaced, added = kept.added + excluded.added,
        put = kept.put + excluded.put, unclear = kept.unclear + excluded.unclear
), confusions AS (
    INSERT INTO annotation_confusionweek AS kept (week, business_line_id, tag_id, replacement_id, count)
    SELECT week, line, tag, replacement, sum(n) FROM judged WHERE choice = 'replace'
    GROUP BY GROUPING SETS ((week, line, tag, replacement), (line, tag, replacement))
    ON CONFLICT (week, business_line_id, tag_id, replacement_id) DO UPDATE SET count = kept.count + excluded.count
), confidences AS (
    INSERT INTO annotation_confidenceweek AS kept (week, business_line_id, reviewer_id, model_version_id, audit, bin,
                                                   shown, accepted, confidence)
    SELECT week, line, reviewer, version, audit, least(floor(confidence * 10), 9), sum(n),
           coalesce(sum(n) FILTER (WHERE choice = 'accept'), 0), sum(n * confidence)
    FROM judged WHERE confidence IS NOT NULL AND choice <> 'add'
    GROUP BY GROUPING SETS ((week, line, reviewer, version, audit, least(floor(confidence * 10), 9)),
                            (line, reviewer, version, audit, least(floor(confidence * 10), 9)))
    ON CONFLICT (week, business_line_id, reviewer_id, model_version_id, audit, bin) DO UPDATE SET
        shown = kept.shown + excluded.shown, accepted = kept.accepted + excluded.accepted,
        confidence = kept.confidence + excluded.confidence
)
SELECT count(*) FROM batch
"""

NOTE_ALL = "INSERT INTO annotation_unfolded SELECT id FROM annotation_review WHERE kind <> 'import'"
SUMS = ("unfolded", "workday", "tagweek", "confusionweek", "confidenceweek")


def fold(batch: int = BATCH) -> int:
    """Add up to `batch` reviews and undos to the sums. Returns how many; 0 also when another fold is running."""
    with transaction.atomic():
        if not _alone(wait=False):
            return 0
        row = statements.row(FOLD, {"batch": batch, "zone": settings.TIME_ZONE})
    assert row
    return int(row[0])


def fold_all() -> int:
    """All there is, batch by batch. Returns how many reviews and undos that were."""
    folded = 0
    while batch := fold():
        folded += batch
    return folded


def recount() -> None:
    """Begin the sums anew, in case they are doubted or the site's time zone changed; folds then add all reviews."""
    with transaction.atomic(), connection.cursor() as cursor:
        _alone(wait=True)
        for table in SUMS:
            cursor.execute(f"DELETE FROM annotation_{table}")  # noqa: S608  # constants
        cursor.execute(NOTE_ALL)


def _alone(*, wait: bool) -> bool:
    """Whether this transaction is the one that folds, until its end."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_xact_lock({LOCK})")
        row = cursor.fetchone()
    return wait or bool(row and row[0])
