"""Reviewers' error rates without a key: against the formulas spelled out, and against answers drawn from known ones."""

from itertools import product
from math import prod

import numpy as np
import pytest

from annotation.agreement import dawid_skene
from annotation.agreement.dawid_skene import Prior, Skill

# (sensitivity, specificity): careful, careful, misses half, gives far too much, coin.
KNOWN = [Skill(0.95, 0.97), Skill(0.9, 0.95), Skill(0.5, 0.98), Skill(0.95, 0.6), Skill(0.5, 0.5)]


def drawn(clips=4000, share=0.4, seed=3):
    random = np.random.default_rng(seed)
    truth = random.random(clips) < share
    rows = []
    for reviewer, skill in enumerate(KNOWN):
        seen = np.flatnonzero(random.random(clips) < 0.6)
        right = np.where(truth[seen], skill.sensitivity, 1 - skill.specificity)
        rows += [(seen, np.full(len(seen), reviewer), random.random(len(seen)) < right)]
    questions, reviewers, answers = (np.concatenate(column) for column in zip(*rows, strict=True))
    return truth, questions, reviewers, answers


def spelled_out(rows, questions, reviewers, prior, rounds):
    """Dawid & Skene's steps with loops and products instead of arrays and logarithms."""
    belief = {q: np.mean([yes for at, _r, yes in rows if at == q]) for q in range(questions)}
    for _ in range(rounds):
        skills = []
        for reviewer in range(reviewers):
            mine = [(q, yes) for q, r, yes in rows if r == reviewer]
            there, absent = (sum(part(belief[q]) for q, _ in mine) for part in (lambda b: b, lambda b: 1 - b))
            found = sum(belief[q] for q, yes in mine if yes)
            left = sum(1 - belief[q] for q, yes in mine if not yes)
            skills.append(
                (
                    (found + prior.weight * prior.usual.sensitivity) / (there + prior.weight),
                    (left + prior.weight * prior.usual.specificity) / (absent + prior.weight),
                )
            )
        share = (sum(belief.values()) + prior.weight * prior.share) / (questions + prior.weight)
        for q in range(questions):
            told = [(skills[r], yes) for at, r, yes in rows if at == q]
            there = share * prod(s if yes else 1 - s for (s, _), yes in told)
            absent = (1 - share) * prod(1 - s if yes else s for (_, s), yes in told)
            belief[q] = there / (there + absent)
    return skills, share, [belief[q] for q in range(questions)]


def test_the_steps_are_those_of_the_paper(monkeypatch):
    rows = [(q, r, bool((q * 7 + r * 3) % 5 > 1 + (r == 2))) for q in range(12) for r in range(4) if (q + r) % 4]
    monkeypatch.setattr(dawid_skene, "ROUNDS", 9)
    monkeypatch.setattr(dawid_skene, "STILL", 0)

    found = dawid_skene.fit(*(np.array(column) for column in zip(*rows, strict=True)))

    skills, share, belief = spelled_out(rows, 12, 4, Prior(), 9)
    assert found.sensitivity == pytest.approx([s for s, _ in skills])
    assert found.specificity == pytest.approx([s for _, s in skills])
    assert found.share == pytest.approx(share)
    assert found.belief == pytest.approx(belief)


def test_known_skills_are_found_again():
    _truth, *rows = drawn()

    found = dawid_skene.fit(*rows)

    assert found.sensitivity == pytest.approx([skill.sensitivity for skill in KNOWN], abs=0.04)
    assert found.specificity == pytest.approx([skill.specificity for skill in KNOWN], abs=0.04)
    assert found.share == pytest.approx(0.4, abs=0.03)
    assert found.rounds < dawid_skene.ROUNDS, "it came to rest"


def test_weighing_beats_the_majority():
    truth, questions, reviewers, answers = drawn()
    asked = np.bincount(questions, minlength=len(truth))
    votes = np.bincount(questions, answers, len(truth))
    told = asked > 1

    found = dawid_skene.fit(questions, reviewers, answers)

    majority = ((votes * 2 > asked) == truth)[told].mean()
    weighed = ((found.belief > 0.5) == truth)[told].mean()
    assert weighed > majority + 0.05


def test_a_reviewer_of_one_clip_stays_near_what_is_usual():
    rows = [(q, r, q % 2 == 0) for q in range(20) for r in range(2)] + [(0, 2, True)]

    found = dawid_skene.fit(*(np.array(column) for column in zip(*rows, strict=True)))

    assert 0.85 < found.sensitivity[2] < 0.9
    assert found.specificity[2] == pytest.approx(0.85, abs=0.01)
    assert found.sensitivity[0] > 0.92


def test_the_posterior_is_bayes_rule():
    for answers in product([True, False], repeat=3):
        told = list(zip(KNOWN, answers, strict=False))
        there = 0.3 * prod(s.sensitivity if yes else 1 - s.sensitivity for s, yes in told)
        absent = 0.7 * prod(1 - s.specificity if yes else s.specificity for s, yes in told)

        assert dawid_skene.posterior(told, 0.3) == pytest.approx(there / (there + absent))


def test_a_coin_changes_nothing():
    assert dawid_skene.posterior([(Skill(0.5, 0.5), True)], 0.3) == pytest.approx(0.3)


def test_nothing_answered_is_said_so():
    nothing = np.array([], dtype=int)
    with pytest.raises(ValueError, match="nothing"):
        dawid_skene.fit(nothing, nothing, nothing.astype(bool))
