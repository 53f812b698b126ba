"""Cohen's kappa against Cohen's formula by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from annotation.agreement import kappa

RANDOM = np.random.default_rng(5)


def test_a_table_by_hand():
    """Both yes 20, both no 15, first only 5, second only 10: they agree on 70 %, by chance on 50 %."""
    first = np.array([True] * 25 + [False] * 25)
    second = np.array([True] * 20 + [False] * 5 + [True] * 10 + [False] * 15)

    assert kappa.kappas(kappa.count(first[:, None], second[:, None])) == pytest.approx([0.4])


def test_each_tag_as_scikit_learn_has_it():
    first = RANDOM.random((200, 6)) < [0.5, 0.1, 0.9, 0.3, 0.02, 0.5]
    second = np.where(RANDOM.random((200, 6)) < 0.8, first, ~first)

    found = kappa.kappas(kappa.count(first, second))

    assert found == pytest.approx([cohen_kappa_score(first[:, n], second[:, n]) for n in range(6)])


def test_weights_count_clips_twice():
    first, second = RANDOM.random((2, 40, 3)) < 0.4
    weights = np.ones(40)
    weights[::3] = 2
    repeats = weights.astype(int)

    weighed = kappa.kappas(kappa.count(first, second, weights))

    doubled = kappa.count(np.repeat(first, repeats, axis=0), np.repeat(second, repeats, axis=0))
    assert weighed == pytest.approx(kappa.kappas(doubled))


def test_a_tag_that_both_always_give_has_no_kappa():
    yes = np.ones((10, 1), dtype=bool)

    assert math.isnan(kappa.kappas(kappa.count(yes, yes))[0])
    assert math.isnan(kappa.pooled(kappa.count(yes, yes)))
    assert math.isnan(kappa.pooled(kappa.count(yes[:0], yes[:0])))


def test_pooling_goes_by_agreement_not_by_kappas():
    """One tag of 50 answers agrees on 70 %, by chance on 50 %; the other on 98 %, which is chance: (84 - 74) / 26."""
    first = np.array([[True, False]] * 25 + [[False, False]] * 24 + [[False, True]])
    second = np.array([[True, False]] * 20 + [[False, False]] * 5 + [[True, False]] * 10 + [[False, False]] * 15)
    counts = kappa.count(first, second)
    alone = counts.observed[1], counts.expected[1]

    assert alone == pytest.approx((0.98, 0.98))  # the second reviewer never gave it: agreement is chance
    assert kappa.pooled(counts) == pytest.approx((0.84 - 0.74) / (1 - 0.74))
    assert kappa.kappas(counts) == pytest.approx([0.4, 0.0])
