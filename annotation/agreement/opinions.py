"""The reviews in force of videos, and the rulings on them, as plain opinions about today's tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotation.agreement.dawid_skene import Skill
from annotation.agreement.weighing import MODEL, Opinion, Trust
from annotation.verdicts import Said, given
from tagging import statements
from taxonomy import rulebook
from taxonomy.edition import EDITION, NOTHING, Edition

REVIEWS = f"""
SELECT task.video_id, review.kind, review.reviewer_id, {EDITION},
       (SELECT jsonb_agg(jsonb_build_array(tag_id, choice, replacement_id, confidence))
        FROM annotation_verdict WHERE review_id = review.id)
FROM annotation_reviewtask task JOIN annotation_review review ON review.id = task.current_review_id
WHERE task.video_id = ANY(%(videos)s) AND task.business_line_id = %(line)s AND review.kind IN ('review', 'import')
ORDER BY task.video_id, review.id
"""  # noqa: S608  # constants
RULINGS = """
SELECT DISTINCT ON (video_id, tag_id) video_id, tag_id, choice FROM annotation_ruling
WHERE video_id = ANY(%(videos)s) AND business_line_id = %(line)s ORDER BY video_id, tag_id, number DESC
"""
SKILLS = """
SELECT reviewer_id, sensitivity, specificity, share, independence FROM annotation_skill
WHERE business_line_id = %(line)s AND (reviewer_id = ANY(%(reviewers)s) OR reviewer_id IS NULL)
"""


@dataclass
class Told:
    """All that holds of one video."""

    people: list[Opinion] = field(default_factory=list)
    imported: Opinion | None = None  # what came with the video: it counts while no person has said anything
    proposed: dict[int, float] = field(default_factory=dict)  # the model's confidence of what it proposed
    rulings: dict[int, bool] = field(default_factory=dict)  # tag -> whether it was accepted


def read(videos: Collection[int], line: int) -> tuple[dict[int, Told], Edition]:
    """By video; those of which nothing holds are left out. Two statements. Tags that were merged are followed."""
    values = {"videos": sorted(videos), "line": line}
    found: dict[int, Told] = defaultdict(Told)
    edition = NOTHING
    for video, kind, reviewer, published, verdicts in statements.rows(REVIEWS, values):
        edition = Edition(*published) if published else NOTHING
        add(found[video], kind, reviewer, verdicts or (), edition, line)
    for video, tag, choice in statements.rows(RULINGS, values):
        if choice != "undo" and video in found:
            heirs = rulebook.successors([tag], edition, line)
            found[video].rulings[heirs.get(tag, tag)] = choice == "accept"
    return dict(found), edition


def trust(line: int, reviewers: Iterable[int]) -> Trust:
    """How far these reviewers of a line, and its model, can be believed."""
    rows = statements.rows(SKILLS, {"line": line, "reviewers": sorted(set(reviewers))})
    skills = {reviewer: Skill(sensitivity, specificity) for reviewer, sensitivity, specificity, *_line in rows}
    model = skills.pop(None, MODEL)
    return Trust(skills, model, *rows[0][3:]) if rows else Trust()


def add(told: Told, kind: str, reviewer: int, verdicts: Collection[Any], edition: Edition, line: int) -> None:
    said = [Said(tag, choice, "", replacement) for tag, choice, replacement, _confidence in verdicts]
    kept = given(said)
    refused = {s.tag for s in said if s.choice in {"reject", "replace"}}
    heirs = rulebook.successors(kept | refused, edition, line)
    tags = frozenset(heirs[tag] for tag in kept if tag in heirs)
    opinion = Opinion(reviewer, tags, frozenset(heirs.get(tag, tag) for tag in refused) - tags)
    if kind == "import":
        told.imported = opinion
    else:
        told.people.append(opinion)
    _propose(told.proposed, verdicts, heirs)


def _propose(proposed: dict[int, float], verdicts: Iterable[Any], heirs: Mapping[int, int]) -> None:
    for tag, _choice, _replacement, confidence in verdicts:
        if confidence is not None:
            heir = heirs.get(tag, tag)
            proposed[heir] = max(confidence, proposed.get(heir, 0.0))
