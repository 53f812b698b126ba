"""A reviewer's own reviews: found again, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Prefetch

from annotation.models import Consensus, Review, Ruling
from annotation.verdicts import given
from tagging import statements
from tagging.video_page import localised_names

WINDOW = 5_000  # reviews that one page looks through, so that each page costs the same

# Words are looked for in a window of reviews, as on the page of videos. A tag is found as the reviewer remembers it:
# in what they sent.
SEARCH = """
SELECT review.id FROM (
    SELECT id, task_id, kind FROM annotation_review
    WHERE reviewer_id = %(reviewer)s AND kind <> 'undo' AND (%(before)s::bigint IS NULL OR id < %(before)s)
    ORDER BY id DESC LIMIT %(window)s
) review
JOIN annotation_reviewtask task ON task.id = review.task_id JOIN tagging_video video ON video.id = task.video_id
WHERE (%(line)s::bigint IS NULL OR task.business_line_id = %(line)s)
  AND (%(words)s = '' OR video.external_id = %(words)s OR strpos(lower(video.title), lower(%(words)s)) > 0)
  AND (%(tag)s = '' OR EXISTS (
    SELECT FROM annotation_verdict verdict
    JOIN taxonomy_tagname name ON name.tag_id IN (verdict.tag_id, verdict.replacement_id)
    WHERE verdict.review_id = review.id AND lower(name.text) = lower(%(tag)s))
   OR EXISTS (
    SELECT FROM annotation_probeanswer answer CROSS JOIN LATERAL jsonb_array_elements(answer.said) said
    JOIN taxonomy_tagname name ON name.tag_id = (said ->> 0)::bigint
    WHERE answer.review_id = review.id AND lower(name.text) = lower(%(tag)s)))
  AND (NOT %(undone)s OR EXISTS (SELECT FROM annotation_review later WHERE later.undoes_id = review.id))
ORDER BY review.id DESC LIMIT %(most)s
"""
EDGE = """
SELECT id FROM annotation_review
WHERE reviewer_id = %(reviewer)s AND kind <> 'undo' AND (%(before)s::bigint IS NULL OR id < %(before)s)
ORDER BY id DESC OFFSET %(window)s - 1 LIMIT 1
"""


@dataclass(frozen=True)
class Wanted:
    """Which reviews; an empty field says nothing."""

    words: str = ""  # of the clip's title, or its external id
    tag: str = ""  # a name of a tag that the review speaks of
    line: int | None = None
    undone: bool = False  # only those that were taken back


@dataclass(frozen=True)
class Page:
    found: Sequence[int]  # ids of reviews, the newest first
    older: int | None  # where the next page begins
    partial: bool  # there is more to look through than was looked through


def search(reviewer: User, wanted: Wanted, before: int | None, most: int) -> Page:
    """The newest of a person's reviews before that one. Two statements, whatever there is."""
    values = {
        "reviewer": reviewer.pk,
        "before": before,
        "window": WINDOW,
        "most": most + 1,
        "words": wanted.words,
        "tag": wanted.tag,
        "line": wanted.line,
        "undone": wanted.undone,
    }
    found = [pk for (pk,) in statements.rows(SEARCH, values)]
    if len(found) > most:
        return Page(found[:most], found[most - 1], partial=False)
    edge = statements.row(EDGE, {name: values[name] for name in ("reviewer", "before", "window")})
    return Page(found, edge[0] if edge else None, partial=edge is not None)


def note_outcomes(reviews: Sequence[Review], unsaid: Collection[int] = ()) -> None:
    """Give each review `outcomes`: tags of which all reviewers together, or a ruling, say otherwise. Three queries.

    Each with its `ruling`, if there is one. None for a review that was taken back, nor of the videos `unsaid`
    (`tagging.veils`). The reviews have been recalled (`annotation.probes.memory`).
    """
    videos = {one.task.video_id for one in reviews}.difference(unsaid)
    settled = Consensus.objects.filter(video__in=videos).select_related("tag")
    told = settled.prefetch_related(Prefetch("tag__names", localised_names(), to_attr="shown"))
    ruled = Ruling.objects.filter(video__in=videos).select_related("adjudicator").order_by("number")
    last = {(one.video_id, one.business_line_id, one.tag_id): one for one in ruled}
    by_task: dict[tuple[int, int], list[Consensus]] = {}
    for row in told:
        row.ruling = last.get((row.video_id, row.business_line_id, row.tag_id)) if row.ruled else None  # type: ignore[attr-defined]
        by_task.setdefault((row.video_id, row.business_line_id), []).append(row)
    for one in reviews:
        own = given(verdict.plain for verdict in one.told)  # type: ignore[attr-defined]
        rows = [] if hasattr(one, "undone_by") else by_task.get((one.task.video_id, one.task.business_line_id), [])
        one.outcomes = [row for row in rows if row.given != (row.tag_id in own)]  # type: ignore[attr-defined]
