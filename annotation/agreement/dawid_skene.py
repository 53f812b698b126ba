"""How far each reviewer can be believed, learned from overlapping reviews alone, and what they say together.

A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied
Statistics 28 (1979), for answers yes or no: whether a clip has a tag is hidden; each reviewer finds a tag that is there
with their sensitivity and leaves out one that is not with their specificity. Beta priors keep reviewers of few clips
near what is usual (maximum a posteriori): without them one lucky answer makes somebody infallible. The model answers
like a reviewer. Pure: arrays in, numbers out.
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
class Fit:
    sensitivity: Floats  # (reviewers,)
    specificity: Floats
    share: float  # of questions whose answer is yes
    belief: Floats  # (questions,): that the answer is yes
    rounds: int

    def skill(self, reviewer: int) -> Skill:
        return Skill(float(self.sensitivity[reviewer]), float(self.specificity[reviewer]))


def fit(questions: Numbers, reviewers: Numbers, answers: Bools, prior: Prior = Prior()) -> Fit:
    """From rows: reviewer `reviewers[i]` answered question `questions[i]`; both are counted from 0.

    A question is one tag of one clip. Raises ValueError when there is no row.
    """
    if not len(questions):
        raise ValueError("nothing was answered")
    size = int(questions.max()) + 1
    asked = np.bincount(questions, minlength=size)
    belief = np.bincount(questions, answers, size) / np.maximum(asked, 1)  # a vote, to begin with
    for rounds in range(1, ROUNDS + 1):  # noqa: B007  # told at the end
        sensitivity, specificity, share = _learn(questions, reviewers, answers, belief, prior)
        before, belief = belief, _believe(questions, reviewers, answers, sensitivity, specificity, share, size)
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
    questions: Numbers, reviewers: Numbers, answers: Bools, belief: Floats, prior: Prior
) -> tuple[Floats, Floats, float]:
    """The M step: skills and share as counted, with the prior's answers beside."""
    yes = belief[questions]
    there = np.bincount(reviewers, yes) + prior.weight
    absent = np.bincount(reviewers, 1 - yes) + prior.weight
    found = np.bincount(reviewers, yes * answers) + prior.weight * prior.usual.sensitivity
    left = np.bincount(reviewers, (1 - yes) * ~answers) + prior.weight * prior.usual.specificity
    share = (belief.sum() + prior.weight * prior.share) / (len(belief) + prior.weight)
    return found / there, left / absent, float(share)


def _believe(
    questions: Numbers,
    reviewers: Numbers,
    answers: Bools,
    sensitivity: Floats,
    specificity: Floats,
    share: float,
    size: int,
) -> Floats:
    """The E step: Bayes' rule on each question, in logarithms."""
    said_yes = np.log(sensitivity / (1 - specificity))
    said_no = np.log((1 - sensitivity) / specificity)
    told = np.where(answers, said_yes[reviewers], said_no[reviewers])
    odds = np.log(share / (1 - share)) + np.bincount(questions, told, size)
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500))))
