"""How far each reviewer can be believed, learned from overlapping reviews alone, and what they say together.

A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied
Statistics 28 (1979), for answers yes or no: whether a clip has a tag is hidden; each reviewer finds a tag that is there
with their sensitivity and leaves out one that is not with their specificity. Beta priors keep reviewers of few clips
near what is usual (maximum a posteriori): without them one lucky answer makes somebody infallible. Questions whose
answer is known, as of gold clips, keep it: they tell of reviewers and of nothing else.

The method takes answers as independent given the truth. Who answers after having seen another's answer is not: they
agree more often than both are right. So the skill of who is seen by the others, the model, is learned only where the
answer is known, and counts for less the more readily others take it over. Pure: arrays in, numbers out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

ROUNDS, STILL = 200, 1e-7

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Skill:
    """How often somebody is right about tags that are there, and about tags that are not."""

    sensitivity: float
    specificity: float

    def tempered(self, independence: float) -> Skill:
        """The skill whose answers say `independence` times as much: both logarithms of likelihood ratios times that."""
        if self.sensitivity + self.specificity == 1 or not independence:
            return Skill(0.5, 0.5)
        yes = (self.sensitivity / (1 - self.specificity)) ** independence
        no = ((1 - self.sensitivity) / self.specificity) ** independence
        specificity = (yes - 1) / (yes - no)
        return Skill(yes * (1 - specificity), specificity)


@dataclass(frozen=True)
class Prior:
    """What is believed of a reviewer before any answer, worth so many answers of each kind.

    Beta priors whose mode is the usual skill: `weight` more answers, of which the usual share was right. The share of
    tags that are there has one too. The modes are well above chance, which also settles which answer means yes.
    """

    usual: Skill = Skill(0.85, 0.85)
    weight: float = 8.0
    share: float = 0.5


@dataclass(frozen=True)
class Seen:
    """One whose answers the others see before they answer."""

    reviewer: int
    independence: float = 1.0  # 0 to 1: how far its answers count beside those of who saw them
    usual: Skill = Skill(0.7, 0.7)  # takes the place of the prior's


NOBODY = Seen(-1)


@dataclass(frozen=True)
class Fit:
    sensitivity: Floats  # (reviewers,); of who is seen not tempered
    specificity: Floats
    share: float  # of questions whose answer is yes
    belief: Floats  # (questions,): that the answer is yes
    rounds: int

    def skill(self, reviewer: int) -> Skill:
        return Skill(float(self.sensitivity[reviewer]), float(self.specificity[reviewer]))


def fit(
    questions: Numbers,
    reviewers: Numbers,
    answers: Bools,
    prior: Prior = Prior(),
    known: Floats | None = None,
    seen: Seen = NOBODY,
) -> Fit:
    """From rows: reviewer `reviewers[i]` answered question `questions[i]`; both are counted from 0.

    A question is one tag of one clip; `known` (questions,) is 1 or 0 where its answer is known, else not a number.
    Raises ValueError when there is no row.
    """
    if not len(questions):
        raise ValueError("nothing was answered")
    size = int(questions.max()) + 1
    truth = np.full(size, np.nan) if known is None else known
    asked = np.bincount(questions, minlength=size)
    belief = _anchored(np.bincount(questions, answers, size) / np.maximum(asked, 1), truth)  # a vote, to begin with
    for rounds in range(1, ROUNDS + 1):  # noqa: B007  # told at the end
        sensitivity, specificity, share = _learn(questions, reviewers, answers, belief, prior, truth, seen)
        said_yes = np.log(sensitivity / (1 - specificity))
        said_no = np.log((1 - sensitivity) / specificity)
        if seen != NOBODY:
            said_yes[seen.reviewer] *= seen.independence
            said_no[seen.reviewer] *= seen.independence
        told = np.where(answers, said_yes[reviewers], said_no[reviewers])
        odds = np.asarray(np.bincount(questions, told, size), dtype=np.float64)
        before, belief = belief, _anchored(_believe(odds, share), truth)
        if np.abs(belief - before).max() < STILL:
            break
    return Fit(sensitivity, specificity, share, belief, rounds)


def posterior(answers: Iterable[tuple[Skill, bool]], share: float) -> float:
    """How likely yes is when reviewers of these skills answered so, and `share` of all answers is yes."""
    odds = log(share / (1 - share))
    for skill, yes in answers:
        if yes:
            odds += log(skill.sensitivity / (1 - skill.specificity))
        else:
            odds += log((1 - skill.sensitivity) / skill.specificity)
    return 1 / (1 + exp(-odds)) if odds > -500 else 0.0


def _learn(
    questions: Numbers,
    reviewers: Numbers,
    answers: Bools,
    belief: Floats,
    prior: Prior,
    truth: Floats,
    seen: Seen,
) -> tuple[Floats, Floats, float]:
    """The M step: skills and share as counted, with the prior's answers beside.

    Known questions were chosen by somebody, so they tell nothing of the share.
    """
    counts = np.where(reviewers == seen.reviewer, ~np.isnan(truth[questions]), True)
    yes, no = belief[questions] * counts, (1 - belief[questions]) * counts
    size = int(reviewers.max()) + 1
    sensitive, specific = np.full(size, prior.usual.sensitivity), np.full(size, prior.usual.specificity)
    if seen != NOBODY:
        sensitive[seen.reviewer], specific[seen.reviewer] = seen.usual.sensitivity, seen.usual.specificity
    there = np.bincount(reviewers, yes) + prior.weight
    absent = np.bincount(reviewers, no) + prior.weight
    found = np.bincount(reviewers, yes * answers) + prior.weight * sensitive
    left = np.bincount(reviewers, no * ~answers) + prior.weight * specific
    open_ones = belief[np.isnan(truth)]
    share = (open_ones.sum() + prior.weight * prior.share) / (len(open_ones) + prior.weight)
    return found / there, left / absent, float(share)


def _believe(odds: Floats, share: float) -> Floats:
    """The E step: Bayes' rule on each question, in logarithms."""
    odds = np.log(share / (1 - share)) + odds
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500))))


def _anchored(belief: Floats, truth: Floats) -> Floats:
    return np.where(np.isnan(truth), belief, truth)
