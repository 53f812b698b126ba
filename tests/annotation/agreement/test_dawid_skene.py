"""Reviewers' error rates without a key: against the formulas spelled out, and against answers drawn from known ones."""

from itertools import product
from math import prod

import numpy as np
import pytest

from annotation.agreement import dawid_skene
from annotation.agreement.dawid_skene import NOBODY, Prior, Seen, Skill

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


def spelled_out(rows, questions, reviewers, prior, rounds, known=None, seen=NOBODY):
    """Dawid & Skene's steps with loops and products instead of arrays and logarithms."""
    known = known or {}
    belief = {q: known.get(q, np.mean([yes for at, _r, yes in rows if at == q])) for q in range(questions)}
    sure = {q for q, r, yes in rows if r == seen.reviewer and yes}
    skills = [seen.usual if r == seen.reviewer else prior.usual for r in range(reviewers)]

    def chances(q, r, yes):
        """Of the answer if the tag is there, and if it is not; and how far it is one's own word in either case."""
        alone = [skills[r].sensitivity, 1 - skills[r].specificity]
        alone = alone if yes else [1 - chance for chance in alone]
        follows = 1 - seen.independence if yes and q in sure and r != seen.reviewer else 0.0
        whole = [follows + (1 - follows) * chance for chance in alone]
        return whole, [(1 - follows) * chance / all_ for chance, all_ in zip(alone, whole, strict=True)]

    for _ in range(rounds):
        learned = []
        for reviewer in range(reviewers):
            mine = [(q, yes) for q, r, yes in rows if r == reviewer and (r != seen.reviewer or q in known)]
            usual = seen.usual if reviewer == seen.reviewer else prior.usual
            yes_of = [(yes, belief[q] * chances(q, reviewer, yes)[1][0]) for q, yes in mine]
            no_of = [(yes, (1 - belief[q]) * chances(q, reviewer, yes)[1][1]) for q, yes in mine]
            found, there = (sum(w for yes, w in yes_of if yes), sum(w for _, w in yes_of))
            left, absent = (sum(w for yes, w in no_of if not yes), sum(w for _, w in no_of))
            learned.append(
                Skill(
                    (found + prior.weight * usual.sensitivity) / (there + prior.weight),
                    (left + prior.weight * usual.specificity) / (absent + prior.weight),
                )
            )
        skills = learned
        left_open = [q for q in range(questions) if q not in known]
        share = (sum(belief[q] for q in left_open) + prior.weight * prior.share) / (len(left_open) + prior.weight)
        for q in left_open:
            told = [chances(q, r, yes)[0] for at, r, yes in rows if at == q]
            there = share * prod(chance for chance, _ in told)
            absent = (1 - share) * prod(chance for _, chance in told)
            belief[q] = there / (there + absent)
    return skills, share, [belief[q] for q in range(questions)]


def test_the_steps_are_those_of_the_paper(monkeypatch):
    rows = [(q, r, bool((q * 7 + r * 3) % 5 > 1 + (r == 2))) for q in range(12) for r in range(4) if (q + r) % 4]
    monkeypatch.setattr(dawid_skene, "ROUNDS", 9)
    monkeypatch.setattr(dawid_skene, "STILL", 0)

    found = dawid_skene.fit(*(np.array(column) for column in zip(*rows, strict=True)))

    skills, share, belief = spelled_out(rows, 12, 4, Prior(), 9)
    assert found.sensitivity == pytest.approx([skill.sensitivity for skill in skills])
    assert found.specificity == pytest.approx([skill.specificity for skill in skills])
    assert found.share == pytest.approx(share)
    assert found.belief == pytest.approx(belief)


def test_known_answers_and_a_seen_reviewer_are_reckoned_as_spelled_out(monkeypatch):
    rows = [(q, r, bool((q * 7 + r * 3) % 5 > 1 + (r == 2))) for q in range(12) for r in range(4) if (q + r) % 4]
    known, seen = {1: 1.0, 4: 0.0, 6: 1.0, 9: 0.0}, Seen(2, 0.6, Skill(0.7, 0.65))
    monkeypatch.setattr(dawid_skene, "ROUNDS", 9)
    monkeypatch.setattr(dawid_skene, "STILL", 0)

    truth = np.array([known.get(q, np.nan) for q in range(12)])
    found = dawid_skene.fit(*(np.array(column) for column in zip(*rows, strict=True)), Prior(), truth, seen)

    skills, share, belief = spelled_out(rows, 12, 4, Prior(), 9, known, seen)
    assert found.sensitivity == pytest.approx([skill.sensitivity for skill in skills])
    assert found.specificity == pytest.approx([skill.specificity for skill in skills])
    assert found.share == pytest.approx(share)
    assert found.belief == pytest.approx(belief)


MODEL = 3


def overseen(copied=0.4, clips=3000, gold=600, seed=5, way="as it says"):
    """Three reviewers who take over what the model says on a share of the clips, and the model, right 75 % of the time.

    Of the first clips the truth is known. Other `way`s to follow it: to say yes where it does, or to all that it shows.
    """
    random = np.random.default_rng(seed)
    truth = random.random(clips) < 0.5
    model = np.where(random.random(clips) < 0.75, truth, ~truth)
    rows = [(np.arange(clips), np.full(clips, MODEL), model)]
    for reviewer in range(3):
        own = np.where(random.random(clips) < 0.85, truth, ~truth)
        follows = random.random(clips) < copied
        taken = {"as it says": (follows, model), "when it is sure": (follows & model, True)}
        said = np.where(*taken.get(way, (follows, True)), own)
        seen = np.flatnonzero((random.random(clips) < 0.7) | (np.arange(clips) < gold))
        rows.append((seen, np.full(len(seen), reviewer), said[seen]))
    known = np.where(np.arange(clips) < gold, truth.astype(float), np.nan)
    return truth, known, *(np.concatenate(column) for column in zip(*rows, strict=True))


def loss(belief, truth):
    """Mean logarithmic loss."""
    right = np.clip(np.where(truth, belief, 1 - belief), 1e-12, 1)
    return -np.log(right).mean()


def test_a_model_that_reviewers_saw_is_not_believed_too_much():
    truth, known, *rows = overseen()

    naive = dawid_skene.fit(*rows)
    found = dawid_skene.fit(*rows, Prior(), known, Seen(MODEL, 0.6))

    assert naive.sensitivity[MODEL] > 0.85, "they agree with it more often than it is right"
    assert found.sensitivity[MODEL] == pytest.approx(0.75, abs=0.05)
    assert found.specificity[MODEL] == pytest.approx(0.75, abs=0.05)
    left_open = np.isnan(known)
    assert loss(found.belief[left_open], truth[left_open]) < 0.8 * loss(naive.belief[left_open], truth[left_open])
    assert found.belief[~left_open] == pytest.approx(truth[~left_open].astype(float))


def test_known_answers_alone_bring_reviewers_nearer_to_their_skill():
    truth, known, questions, reviewers, answers = overseen(copied=0.0, clips=400, gold=200)
    few = questions < 230

    guessed = dawid_skene.fit(questions[few], reviewers[few], answers[few])
    found = dawid_skene.fit(questions[few], reviewers[few], answers[few], known=known[: questions[few].max() + 1])

    told = [(reviewers == reviewer) & (questions < 200) for reviewer in range(4)]
    right = [np.mean(answers[rows] == truth[questions[rows]]) for rows in told]
    off = [np.abs((fit.sensitivity + fit.specificity) / 2 - right).max() for fit in (guessed, found)]
    assert off[1] < 0.03
    assert off[1] <= off[0]


def test_a_yes_that_may_follow_the_model_says_less_and_a_no_as_much():
    skill = Skill(0.9, 0.7)
    swayed = skill.swayed(0.6)

    assert swayed.sensitivity / (1 - swayed.specificity) == pytest.approx((0.4 + 0.6 * 0.9) / (0.4 + 0.6 * 0.3))
    assert (1 - swayed.sensitivity) / swayed.specificity == pytest.approx(0.1 / 0.7)
    assert skill.swayed(1.0) == skill


@pytest.mark.parametrize("way", ["as it says", "when it is sure", "whatever it says"])
def test_people_who_follow_the_model_are_believed_less_together(way):
    truth, known, *rows = overseen(way=way)
    left_open = np.isnan(known)

    found = dawid_skene.fit(*rows, Prior(), known, Seen(MODEL, 0.6))
    independent = dawid_skene.fit(*rows, Prior(), known, Seen(MODEL))

    gained = loss(independent.belief[left_open], truth[left_open]) - loss(found.belief[left_open], truth[left_open])
    assert gained > {"as it says": 0.1, "when it is sure": 0.05, "whatever it says": -0.02}[way]


def test_where_nobody_follows_the_model_believing_that_one_in_five_does_costs_little():
    truth, known, *rows = overseen(copied=0.0)
    left_open = np.isnan(known)

    found = dawid_skene.fit(*rows, Prior(), known, Seen(MODEL, 0.8))
    independent = dawid_skene.fit(*rows, Prior(), known, Seen(MODEL))

    assert (
        loss(found.belief[left_open], truth[left_open]) < loss(independent.belief[left_open], truth[left_open]) + 0.02
    )


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
