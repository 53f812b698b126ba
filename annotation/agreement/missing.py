"""Tags that a well-calibrated model is sure of and a reviewer did not give: worth a second look, best first.

As in confident learning (C. Northcutt et al., "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70,
2021), sure means at least as confident as the model is on average about clips to which people gave the tag. What a
second look is expected to find is the probability that the tag is missing: the confidence as the line's own reviewers
bear it out, and where the reviewer refused the tag, weighed with how often they refuse one that is there. A line's
newest clips are looked through; what nobody is sure of by then is lost, not kept for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction

from annotation.agreement.weighing import USUAL
from annotation.models import SecondLook
from ml.registry.models import ModelVersion
from tagging import policies, statements, suggestions
from tagging.policy import Policy
from taxonomy import rulebook
from taxonomy.models import BusinessLine
from taxonomy.rules import RuleBook

CLIPS = 20_000  # of a line, the newest, that are looked through
LIKELY = 0.5  # the least probability that is worth a look
LOOKED_BACK = 5_000  # reviewed clips, the newest, that a new model is asked about
KEPT = 200  # of a line at a time
DRAWN = 4 * KEPT  # before the rules and the policy are asked
LEAST = 5  # clips that were given the tag, before the model's confidence in it means anything

UNSEEN = """
SELECT video_id FROM (
    SELECT video_id FROM annotation_reviewtask WHERE slot = 1 AND state = 'done' AND current_review_id IS NOT NULL
    ORDER BY current_review_id DESC LIMIT %(clips)s) reviewed
WHERE NOT EXISTS (SELECT FROM tagging_suggestionset seen
                  WHERE seen.video_id = reviewed.video_id AND seen.model_version_id = %(version)s)
GROUP BY video_id LIMIT %(batch)s
"""
FIND = """
WITH recent AS (
    SELECT id, video_id, current_review_id FROM annotation_reviewtask
    WHERE business_line_id = %(line)s AND slot = 1 AND state = 'done' AND current_review_id IS NOT NULL
    ORDER BY current_review_id DESC LIMIT %(clips)s
), bar AS (
    SELECT tag_id, avg(confidence) AS least FROM annotation_verdict
    -- An array, so that the verdicts are looked up by review: joined, those of all times are read by tag.
    WHERE review_id = ANY(ARRAY(SELECT current_review_id FROM recent)) AND choice = 'accept' AND confidence IS NOT NULL
      AND tag_id IN (SELECT id FROM taxonomy_tag WHERE state = 'active' AND assignable)
    GROUP BY tag_id HAVING count(*) >= %(least)s
), sure AS (
    SELECT recent.*, review.reviewer_id, proposed.tag_id, said.id IS NOT NULL AS refused, seen.model_version_id,
           %(slope)s * ln(share / (1 - share)) + %(offset)s AS odds
    FROM recent
    JOIN annotation_review review ON review.id = recent.current_review_id AND review.kind = 'review'
    JOIN LATERAL (
        SELECT id, model_version_id FROM tagging_suggestionset WHERE video_id = recent.video_id AND failure = ''
        ORDER BY created_at DESC, id DESC LIMIT 1) seen ON true
    JOIN tagging_suggestion proposed ON proposed.suggestion_set_id = seen.id
    JOIN bar ON bar.tag_id = proposed.tag_id AND proposed.confidence >= bar.least
    CROSS JOIN LATERAL (SELECT least(greatest(proposed.confidence, 1e-6), 1 - 1e-6) AS share) bounded
    LEFT JOIN annotation_verdict said ON said.review_id = review.id AND said.tag_id = proposed.tag_id
    WHERE (said.id IS NULL OR said.choice = 'reject')
      AND NOT EXISTS (SELECT FROM tagging_videotag given WHERE given.video_id = recent.video_id
                        AND given.business_line_id = %(line)s AND given.tag_id = proposed.tag_id)
      AND NOT EXISTS (SELECT FROM annotation_ruling ruled WHERE ruled.video_id = recent.video_id
                        AND ruled.business_line_id = %(line)s AND ruled.tag_id = proposed.tag_id)
      AND NOT EXISTS (SELECT FROM annotation_secondlook looked
                      WHERE looked.task_id = recent.id AND looked.tag_id = proposed.tag_id
                        AND looked.answered_at IS NOT NULL)
), weighed AS (
    SELECT sure.*, 1 / (1 + exp(-(odds + CASE WHEN refused THEN
        ln((1 - coalesce(skill.sensitivity, %(sensitivity)s)) / coalesce(skill.specificity, %(specificity)s))
        ELSE 0 END))) AS gain
    FROM sure LEFT JOIN annotation_skill skill
      ON skill.business_line_id = %(line)s AND skill.reviewer_id = sure.reviewer_id
)
SELECT id, video_id, current_review_id, tag_id, model_version_id, refused, 1 / (1 + exp(-odds)), gain,
       ARRAY(SELECT given.tag_id FROM tagging_videotag given
             WHERE given.video_id = weighed.video_id AND given.business_line_id = %(line)s)
FROM weighed WHERE gain >= %(likely)s ORDER BY gain DESC, id, tag_id LIMIT %(drawn)s
"""


def look_back() -> int:
    """Let the active model look at a batch of the newest reviewed clips it has not seen; returns how many it did.

    A model that learned since from all reviews finds what was missed before. On a worker of the models.
    """
    version = ModelVersion.objects.active()
    if version is None:
        return 0
    values = {"version": version.pk, "clips": LOOKED_BACK, "batch": settings.SUGGEST_BATCH}
    return len(suggestions.look_back(video for (video,) in statements.rows(UNSEEN, values)))


def refresh_all() -> None:
    for line in BusinessLine.objects.order_by("pk"):
        refresh(line)


def refresh(line: BusinessLine) -> int:
    """Find anew what is worth a second look. What was answered stays answered. Returns how many there are."""
    version = ModelVersion.objects.active()
    policy = policies.load(version)[line.pk]
    found = list(_fitting(statements.rows(FIND, _values(line, policy)), policy, rulebook.load(line=line.pk)))[:KEPT]
    with transaction.atomic():
        BusinessLine.objects.select_for_update(no_key=True).get(pk=line.pk)  # one at a time
        SecondLook.objects.filter(business_line=line, answered_at=None).delete()
        rows = [SecondLook(business_line=line, **row) for row in found]
        SecondLook.objects.bulk_create(rows, ignore_conflicts=True)  # somebody answered it meanwhile
    return len(found)


def _values(line: BusinessLine, policy: Policy) -> dict[str, Any]:
    return {
        "line": line.pk,
        "clips": CLIPS,
        "least": LEAST,
        "slope": policy.calibration.slope,
        "offset": policy.calibration.offset,
        "sensitivity": USUAL.sensitivity,
        "specificity": USUAL.specificity,
        "likely": LIKELY,
        "drawn": DRAWN,
    }


def _fitting(rows: Iterable[tuple[Any, ...]], policy: Policy, book: RuleBook) -> Iterator[dict[str, Any]]:
    """Those that the line wants and that could stand beside what the clip has."""
    for task, _video, review, tag, model, refused, confidence, gain, given in rows:
        if tag not in book or not policy.apply({tag: 1.0}, {tag: book.path(tag)}).shown:
            continue
        if book.conflicts({*given, tag}):
            continue
        yield {
            "task_id": task,
            "review_id": review,
            "tag_id": tag,
            "model_version_id": model,
            "refused": refused,
            "confidence": confidence,
            "gain": gain,
        }
