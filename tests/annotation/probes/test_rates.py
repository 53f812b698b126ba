"""How often gold clips come up, against numbers worked out by hand."""

import pytest

from annotation.probes import rates


@pytest.mark.parametrize(
    ("right", "wrong", "doubt"),
    [
        (0, 0, 0.9),  # uniform: P(X < 0.9) = 0.9
        (1, 0, 0.81),  # Beta(2, 1) has the distribution function x^2
        (4, 0, 0.59049),  # x^5
        (0, 1, 0.99),  # Beta(1, 2): 1 - (1 - x)^2
        (1, 1, 0.972),  # Beta(2, 2): 3 x^2 - 2 x^3
        (2, 1, 0.9477),  # Beta(3, 2): 4 x^3 - 3 x^4
    ],
)
def test_doubt(right, wrong, doubt):
    assert rates.doubt(right, wrong) == pytest.approx(doubt, abs=1e-12)


def test_the_proven_are_asked_least_and_never_less():
    assert rates.rate(0, 0, 1.0, 8.0) == pytest.approx(1 + 7 * 0.9)
    assert rates.rate(30, 0, 1.0, 8.0) == pytest.approx(1 + 7 * 0.9**31)
    assert 1.0 <= rates.rate(100_000, 10, 1.0, 8.0) < 1.001


def test_the_doubtful_are_asked_most():
    assert rates.rate(10, 10, 1.0, 8.0) == pytest.approx(8.0, abs=1e-3)
    assert rates.rate(20, 1, 1, 8) < rates.rate(20, 2, 1, 8) < rates.rate(20, 3, 1, 8) <= 8
