"""How far each reviewer can be believed, learned from overlapping reviews alone, and what they say together.

A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied
Statistics 28 (1979), for answers yes or no: whether a clip has a tag is hidden; each reviewer finds a tag that is there
with their sensitivity and leaves out one that is not with their specificity. Beta priors keep reviewers of few clips
near what is usual (maximum a posteriori): without them one lucky answer makes somebody infallible. Questions whose
answer is known, as of gold clips, keep it: they tell of reviewers and of nothing else.

The method takes answers as independent given the truth. Who answers after having seen another's answer is not: they
agree more often than both are right, with that one and with each other. So an acceptance of what the one who is seen,
the model, was sure of is taken for the reviewer's own word only in a share of the cases; else it follows the model
whatever is true. Given the truth and the model's word such answers are independent again. The share is measured
elsewhere, and the model's own skill is learned only where the answer is known. A refusal is always one's own word.

What this leaves out: reviewers who follow the model on the same clips, because these look alike to all of them, count
as if each had followed by chance. Pure: arrays in, numbers out.
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

    def swayed(self, independence: float) -> Skill:
        """Of who says yes whatever is true in the share of cases in which they do not judge by themselves.

        A no says as much as before, a yes less.
        """
        return Skill(1 - independence * (1 - self.sensitivity), independence * self.specificity)


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
    independence: float = 1.0  # above 0 to 1: the share of cases in which the others judge its yes by themselves
    usual: Skill = Skill(0.7, 0.7)  # takes the place of the prior's


NOBODY = Seen(-1)


@dataclass(frozen=True)
class Fit:
    sensitivity: Floats  # (reviewers,): of what they say by themselves
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
    shared = _shared(questions, reviewers, answers, seen)
    usual = _usual(int(reviewers.max()) + 1, prior, seen)
    sensitivity, specificity = usual
    for rounds in range(1, ROUNDS + 1):  # noqa: B007  # told at the end
        there = np.where(answers, sensitivity[reviewers], 1 - sensitivity[reviewers])  # chance of the answer if so
        absent = np.where(answers, 1 - specificity[reviewers], specificity[reviewers])
        own = _own(there, shared), _own(absent, shared)
        sensitivity, specificity, share = _learn(questions, reviewers, answers, belief, prior, truth, seen, usual, own)
        there = np.where(answers, sensitivity[reviewers], 1 - sensitivity[reviewers])
        absent = np.where(answers, 1 - specificity[reviewers], specificity[reviewers])
        told = np.log((shared + (1 - shared) * there) / (shared + (1 - shared) * absent))
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


def _shared(questions: Numbers, reviewers: Numbers, answers: Bools, seen: Seen) -> Floats:
    """Of each answer the chance that it follows the one who is seen: of a yes to what that one said yes to."""
    theirs = reviewers == seen.reviewer
    sure = np.zeros(int(questions.max()) + 1, dtype=np.bool_)
    sure[questions[theirs & answers]] = True
    return np.where(answers & sure[questions] & ~theirs, 1 - seen.independence, 0.0)


def _own(chance: Floats, shared: Floats) -> Floats:
    """How likely each answer is the reviewer's own word, which by itself would have had this chance."""
    return np.asarray((1 - shared) * chance / (shared + (1 - shared) * chance))


def _usual(size: int, prior: Prior, seen: Seen) -> tuple[Floats, Floats]:
    """What is believed of each reviewer before any answer."""
    sensitive, specific = np.full(size, prior.usual.sensitivity), np.full(size, prior.usual.specificity)
    if seen != NOBODY:
        sensitive[seen.reviewer], specific[seen.reviewer] = seen.usual.sensitivity, seen.usual.specificity
    return sensitive, specific


def _learn(
    questions: Numbers,
    reviewers: Numbers,
    answers: Bools,
    belief: Floats,
    prior: Prior,
    truth: Floats,
    seen: Seen,
    usual: tuple[Floats, Floats],
    own: tuple[Floats, Floats],
) -> tuple[Floats, Floats, float]:
    """The M step: skills and share as counted, with the prior's answers beside; an answer counts as far as it is own.

    Known questions were chosen by somebody, so they tell nothing of the share.
    """
    counts = np.where(reviewers == seen.reviewer, ~np.isnan(truth[questions]), True)
    yes, no = belief[questions] * counts * own[0], (1 - belief[questions]) * counts * own[1]
    sensitive, specific = usual
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
