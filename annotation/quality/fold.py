"""Adding what is new to the sums (`models.py`).

A review counts on the day it was sent; an undo takes it away from that same day. Both are noted by a trigger, so none
is forgotten and none counts twice: the notes are taken out by the statement that adds them. One fold runs at a time;
the next one takes what came meanwhile.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from tagging import statements

BATCH = 20_000  # reviews a statement: some seconds
FEW = 100  # reviews that may be added while somebody waits for a page
LOCK = 7_205_301  # of the one fold that runs; any number that nothing else in this database uses

# Not the reviewers' own words: what was imported is left out. What was shown otherwise than the models said
# (probes) counts as work, and not as acceptance; nor was a tag missed where no model had looked.
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
    SELECT review.*, date_trunc('week', day)::date AS week, date_trunc('month', day)::date AS month,
           tag_id AS tag, choice, reason,
           replacement_id AS replacement, confidence
    FROM review JOIN annotation_verdict ON review_id = review.id
), judged AS (
    SELECT * FROM verdict WHERE NOT probed AND (version IS NOT NULL OR choice <> 'add')
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
    SELECT week, month, line, version, tag, audit, choice, reason, n FROM judged
    UNION ALL
    SELECT week, month, line, version, replacement, audit, 'put', '', n FROM judged WHERE choice = 'replace'
), tags AS (
    INSERT INTO annotation_tagsum AS kept (span, start, business_line_id, model_version_id, tag_id,
                                           accepted, rejected, replaced, added, put, unclear, found, missed)
    SELECT (ARRAY['w', 'm', 'v', 'a'])[GROUPING(week, month, version) / 2 + GROUPING(version)], coalesce(week, month),
           line, version, tag,
           coalesce(sum(n) FILTER (WHERE choice = 'accept'), 0), coalesce(sum(n) FILTER (WHERE choice = 'reject'), 0),
           coalesce(sum(n) FILTER (WHERE choice = 'replace'), 0), coalesce(sum(n) FILTER (WHERE choice = 'add'), 0),
           coalesce(sum(n) FILTER (WHERE choice = 'put'), 0),
           coalesce(sum(n) FILTER (WHERE reason IN ('guideline', 'general', 'minor')), 0),
           coalesce(sum(n) FILTER (WHERE audit AND choice = 'accept'), 0),
           coalesce(sum(n) FILTER (WHERE audit AND choice IN ('add', 'put')), 0)
    FROM said GROUP BY GROUPING SETS ((week, line, version, tag), (month, line, version, tag), (line, version, tag),
                                      (line, tag))
    ON CONFLICT (span, start, business_line_id, model_version_id, tag_id) DO UPDATE SET
        accepted = kept.accepted + excluded.accepted, rejected = kept.rejected + excluded.rejected,
        replaced = kept.replaced + excluded.replaced, added = kept.added + excluded.added,
        put = kept.put + excluded.put, unclear = kept.unclear + excluded.unclear,
        found = kept.found + excluded.found, missed = kept.missed + excluded.missed
), confusions AS (
    INSERT INTO annotation_confusionsum AS kept (span, start, business_line_id, tag_id, replacement_id, count)
    SELECT (ARRAY['w', 'm', 'a'])[GROUPING(week, month)], coalesce(week, month), line, tag, replacement, sum(n)
    FROM judged WHERE choice = 'replace'
    GROUP BY GROUPING SETS ((week, line, tag, replacement), (month, line, tag, replacement), (line, tag, replacement))
    ON CONFLICT (span, start, business_line_id, tag_id, replacement_id)
    DO UPDATE SET count = kept.count + excluded.count
), confidences AS (
    INSERT INTO annotation_confidencesum AS kept (
        span, start, business_line_id, reviewer_id, model_version_id, bin, shown, accepted, confidence,
        audit_shown, audit_accepted, audit_confidence)
    SELECT (ARRAY['w', 'm', 'a'])[GROUPING(week, month)], coalesce(week, month), line, reviewer, version, bin,
           sum(n), coalesce(sum(n) FILTER (WHERE choice = 'accept'), 0), sum(n * confidence),
           coalesce(sum(n) FILTER (WHERE audit), 0),
           coalesce(sum(n) FILTER (WHERE audit AND choice = 'accept'), 0),
           coalesce(sum(n * confidence) FILTER (WHERE audit), 0)
    FROM (SELECT *, least(floor(confidence * 10), 9) AS bin FROM judged) proposed
    WHERE confidence IS NOT NULL AND choice <> 'add'
    GROUP BY GROUPING SETS ((week, line, reviewer, version, bin), (month, line, reviewer, version, bin),
                            (line, reviewer, version, bin))
    ON CONFLICT (span, start, business_line_id, reviewer_id, model_version_id, bin) DO UPDATE SET
        shown = kept.shown + excluded.shown, accepted = kept.accepted + excluded.accepted,
        confidence = kept.confidence + excluded.confidence, audit_shown = kept.audit_shown + excluded.audit_shown,
        audit_accepted = kept.audit_accepted + excluded.audit_accepted,
        audit_confidence = kept.audit_confidence + excluded.audit_confidence
)
SELECT count(*) FROM batch
"""

WAITING = "SELECT count(*) FROM (SELECT FROM annotation_unfolded LIMIT %(most)s) first"
NOTE_ALL = "INSERT INTO annotation_unfolded SELECT id FROM annotation_review WHERE kind <> 'import'"
SUMS = ("unfolded", "workday", "tagsum", "confusionsum", "confidencesum")


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


def freshen() -> None:
    """Before somebody looks: add what is new if that is little. Much is left to beat, which is at it anyway."""
    row = statements.row(WAITING, {"most": FEW + 1})
    if row and 0 < row[0] <= FEW:
        fold(FEW)


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
