"""What several reviewers of one video say together, each weighing by how often they are right. Pure.

A yes to a tag of which the model is sure says less than another: it may follow the model (`dawid_skene`).
Without learned skills everybody weighs alike, and the model's word, which weighs less, settles a draw. Silence about a
tag that nobody proposed to somebody is no answer: labels are sparse, and who was not asked has refused nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from annotation.agreement.dawid_skene import Skill, posterior

USUAL, MODEL = Skill(0.85, 0.85), Skill(0.7, 0.7)  # until something is learned
SURE = 0.5  # the confidence from which a tag is given, and from which the model says yes


@dataclass(frozen=True)
class Opinion:
    """What one reviewer says of a video."""

    reviewer: int
    given: frozenset[int]
    refused: frozenset[int]


@dataclass(frozen=True)
class Trust:
    """The skills of a line's reviewers."""

    skills: Mapping[int, Skill] = field(default_factory=dict)
    model: Skill = MODEL
    share: float = 0.5  # of tags asked about, those that are there
    independence: float = 1.0  # the share of cases in which they judge by themselves what the model is sure of

    def of(self, reviewer: int, *, sure: bool) -> Skill:
        """Of an answer about a tag of which the model is `sure`, or not."""
        own = self.skills.get(reviewer, USUAL)
        return own.swayed(self.independence) if sure else own


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was said of one tag. `doubt` is 0 where all say the same, else up to 1."""

    confidence: float
    yes: int
    no: int
    silent: int
    ruled: bool = False

    @property
    def doubt(self) -> float:
        agreed = not self.yes or not (self.no or self.silent)
        return 0.0 if agreed or self.ruled else max(1 - abs(2 * self.confidence - 1), 1e-6)


def weigh(
    opinions: Iterable[Opinion], proposed: Mapping[int, float], trust: Trust, rulings: Mapping[int, bool]
) -> dict[int, Weighed]:
    """By tag: all that anybody gave or refused or that was ruled on.

    `proposed` are the model's confidences of tags it proposed; `rulings` say of ruled tags whether they were accepted.
    """
    told = list(opinions)
    tags = {tag for opinion in told for tag in opinion.given | opinion.refused}
    return {tag: _weighed(tag, told, proposed.get(tag), trust, rulings.get(tag)) for tag in tags | rulings.keys()}


def _weighed(tag: int, told: list[Opinion], proposed: float | None, trust: Trust, ruled: bool | None) -> Weighed:
    answers = [(opinion.reviewer, tag in opinion.given) for opinion in told if tag in opinion.given | opinion.refused]
    yes = sum(said for _reviewer, said in answers)
    counts = (yes, len(answers) - yes, len(told) - len(answers))
    if ruled is not None:
        return Weighed(float(ruled), *counts, ruled=True)
    sure = proposed is not None and proposed >= SURE
    voices = [(trust.of(reviewer, sure=sure), said) for reviewer, said in answers]
    if proposed is not None:
        voices.append((trust.model, sure))
    return Weighed(posterior(voices, trust.share), *counts)
