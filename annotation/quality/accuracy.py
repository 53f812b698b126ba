"""How often each reviewer is wrong, where that is known: on gold clips, on overlapping ones, with seeded wrong tags."""

from __future__ import annotations

from dataclasses import dataclass

from annotation.quality import intervals
from annotation.quality.intervals import Interval
from annotation.quality.scope import Scope

LEAST = 30  # answers: of fewer, nothing is said

# Wrong is a tag refused that is there, or one given that is not: of all tags asked about, `share` are there.
SKILLS = """
SELECT reviewer_id, sum(answers)::bigint,
       sum(answers * (share * (1 - sensitivity) + (1 - share) * (1 - specificity))) / sum(answers)
FROM annotation_skill WHERE business_line_id = ANY(%(lines)s) AND reviewer_id IS NOT NULL
GROUP BY 1 HAVING sum(answers) >= %(least)s
"""
# On clips whose tags are known.
GOLD = """
SELECT reviewer_id, sum("right" + wrong), sum(wrong) FROM annotation_trust
WHERE business_line_id = ANY(%(lines)s) GROUP BY 1 HAVING sum("right" + wrong) >= %(least)s
"""
# Of tags that were seeded as wrong ones, those that were given all the same.
SEEDS = """
SELECT review.reviewer_id, count(*), count(*) FILTER (WHERE answer.choice IN ('accept', 'add'))
FROM annotation_probe probe
JOIN annotation_reviewtask task ON task.id = probe.task_id AND task.business_line_id = ANY(%(lines)s)
JOIN annotation_probeanswer answer ON answer.probe_id = probe.id
JOIN annotation_review review ON review.id = answer.review_id
WHERE probe.kind = 'wrong' AND (%(since)s::date IS NULL OR probe.created_at >= %(since)s::date)
  AND NOT EXISTS (SELECT FROM annotation_review undo WHERE undo.undoes_id = review.id)
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Skill:
    reviewer: int
    answers: int
    wrong: float

    @property
    def share(self) -> Interval | None:
        """Of the answers, those that are wrong; an estimate is taken for a count of that many answers."""
        return intervals.share(round(self.wrong * self.answers), self.answers)


@dataclass(frozen=True, slots=True)
class Gold:
    reviewer: int
    answers: int
    wrong: int

    @property
    def share(self) -> Interval | None:
        return intervals.share(self.wrong, self.answers)


@dataclass(frozen=True, slots=True)
class Seeds:
    reviewer: int
    shown: int
    given: int

    @property
    def share(self) -> Interval | None:
        return intervals.share(self.given, self.shown)


def known(scope: Scope) -> dict[int, Gold | Skill]:
    """By reviewer, whatever the period: from gold clips, which are sure; else learned from overlapping clips."""
    skills: dict[int, Gold | Skill] = {skill.reviewer: skill for skill in scope.read(Skill, SKILLS, least=LEAST)}
    return skills | {gold.reviewer: gold for gold in scope.read(Gold, GOLD, least=LEAST)}


def of_seeds(scope: Scope) -> dict[int, Seeds]:
    return {seeds.reviewer: seeds for seeds in scope.read(Seeds, SEEDS)}
