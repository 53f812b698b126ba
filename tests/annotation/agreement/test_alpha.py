"""Krippendorff's alpha against the examples he published, and against his formula spelled out."""

import math
from itertools import permutations

import numpy as np
import pytest

from annotation.agreement import alpha, bootstrap

# Krippendorff 2011, section C: four observers, twelve units, missing answers; the published values are beside it.
FOUR = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
# The example with three coders and fifteen units that encyclopedias quote: 0.691 for names, 0.811 for numbers.
THREE = """
. . . . . 3 4 1 2 1 1 3 3 . 3
1 . 2 1 3 3 4 3 . . . . . . .
. . 2 1 3 4 4 . 2 1 1 3 3 . 4
"""


def rows(table):
    told = [line.split() for line in table.strip().splitlines()]
    found = [(unit, int(one)) for line in told for unit, one in enumerate(line) if one != "."]
    return np.array(found).T


def squares(answers):
    """The interval distance between the answers 0, 1, 2, ..."""
    values = np.arange(answers, dtype=float)
    return (values[:, None] - values) ** 2


def ratios(answers):
    values = np.arange(answers, dtype=float)
    total = values[:, None] + values
    return np.divide(values[:, None] - values, total, where=total > 0, out=np.zeros_like(total)) ** 2


def spelled_out(units, answers, distance):
    """The definition, pair by pair."""
    of = {unit: answers[units == unit] for unit in set(units)}
    kept = {unit: told for unit, told in of.items() if len(told) > 1}
    all_told = np.concatenate(list(kept.values()))
    observed = sum(distance[a, b] / (len(told) - 1) for told in kept.values() for a, b in permutations(told, 2)) / len(
        all_told
    )
    expected = sum(distance[a, b] for a, b in permutations(all_told, 2)) / (len(all_told) * (len(all_told) - 1))
    return 1 - observed / expected


@pytest.mark.parametrize(
    ("table", "distance", "published"),
    [
        (FOUR, alpha.nominal, 0.743),
        (FOUR, squares, 0.849),
        (FOUR, ratios, 0.797),
        (THREE, alpha.nominal, 0.691),
        (THREE, squares, 0.811),
    ],
)
def test_published_examples(table, distance, published):
    units, answers = rows(table)
    found = alpha.Reliability.of(units, answers, distance(6)).alpha()

    assert found == pytest.approx(published, abs=5e-4)
    assert found == pytest.approx(spelled_out(units, answers, distance(6)))


def test_answers_that_never_differ_have_no_alpha():
    assert math.isnan(alpha.Reliability.of(np.array([0, 0]), np.array([1, 1]), alpha.nominal(2)).alpha())
    assert math.isnan(alpha.Reliability.of(np.array([0, 1]), np.array([0, 1]), alpha.nominal(2)).alpha())


def test_reviewers_who_always_differ_are_worse_than_chance():
    units, answers = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])

    assert alpha.Reliability.of(units, answers, alpha.nominal(2)).alpha() == pytest.approx(-0.5)


def test_clips_with_one_answer_change_nothing():
    units, answers = rows(FOUR)
    more = np.append(units, 99), np.append(answers, 5)

    one, other = (alpha.Reliability.of(*told, alpha.nominal(6)).alpha() for told in ((units, answers), more))
    assert one == pytest.approx(other)


def test_a_weight_counts_a_clip_as_often_as_if_it_stood_there_twice():
    units, answers = rows(FOUR)
    weights = np.ones(11)
    weights[[2, 5]] = 2
    again = [(units == unit) for unit in (2, 5)]
    doubled = (
        np.concatenate([units, *(np.full(told.sum(), 100 + n) for n, told in enumerate(again))]),
        np.concatenate([answers, *(answers[told] for told in again)]),
    )

    weighed = alpha.Reliability.of(units, answers, alpha.nominal(6))

    assert weighed.clips == 11  # unit 12 has one answer
    expected = alpha.Reliability.of(*doubled, alpha.nominal(6)).alpha()
    assert weighed.alpha(weights) == pytest.approx(expected)


def test_the_interval_holds_the_figure_and_narrows_with_more_clips():
    units, answers = rows(FOUR)
    few = alpha.Reliability.of(units, answers, alpha.nominal(6))
    many = alpha.Reliability.of(
        np.concatenate([units + 100 * n for n in range(20)]), np.tile(answers, 20), alpha.nominal(6)
    )

    wide, narrow = (bootstrap.interval(told.alpha, told.clips) for told in (few, many))

    assert wide.low < few.alpha() <= wide.high
    assert narrow.low < many.alpha() < narrow.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 2
    assert bootstrap.interval(few.alpha, few.clips) == wide, "the seed is fixed"


def test_one_clip_has_no_interval():
    assert bootstrap.interval(lambda _weights: 0.5, 1) is None
    assert bootstrap.interval(lambda _weights: float("nan"), 10) is None
