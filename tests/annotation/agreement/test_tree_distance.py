"""Distances between sets of tags, computed by hand."""

import numpy as np
import pytest

from annotation.agreement import alpha, tree_distance

# Sports (1) > Ball games (2) > Basketball (3), Football (4); Sports > Winter (5); Food (8) > Baking (9); 7 is open.
PATHS = {1: (1,), 2: (2, 1), 3: (3, 2, 1), 4: (4, 2, 1), 5: (5, 1), 8: (8,), 9: (9, 8)}


def distance(one, other, kind="masi"):
    return tree_distance.distances([one, other], PATHS, kind)[0, 1]


@pytest.mark.parametrize(
    ("one", "other", "jaccard", "masi"),
    [
        ({3}, {3}, 0, 0),
        (set(), set(), 0, 0),
        ({3}, set(), 1, 1),
        ({3}, {9}, 1, 1),  # no branch in common
        ({3}, {4}, 1 - 2 / 4, 1 - 2 / 4 / 3),  # siblings share two of four nodes, neither holds the other
        ({3}, {2}, 1 - 2 / 3, 1 - 2 / 3 * 2 / 3),  # too general: all of it lies on the way
        ({3}, {5}, 1 - 1 / 4, 1 - 1 / 4 / 3),  # cousins share the root
        ({3, 9}, {3}, 1 - 3 / 5, 1 - 3 / 5 * 2 / 3),  # one forgot a tag
        ({3, 9}, {4, 9}, 1 - 4 / 6, 1 - 4 / 6 / 3),
        ({7}, {7, 3}, 1 - 1 / 4, 1 - 1 / 4 * 2 / 3),  # an open tag stands alone
        ({3, 2, 1}, {3}, 0, 0),  # ancestors are implied
    ],
)
def test_distances_by_hand(one, other, jaccard, masi):
    assert distance(one, other, "jaccard") == pytest.approx(jaccard)
    assert distance(one, other) == pytest.approx(masi)
    assert distance(other, one) == pytest.approx(masi)


def test_nearer_mistakes_are_smaller():
    same, general, sibling, cousin, stranger = (distance({3}, {other}) for other in (3, 2, 4, 5, 9))

    assert same < general < sibling < cousin < stranger


def test_flat_sets_are_compared_as_published():
    """Passonneau 2006: equal 1, subset 2/3, crossing 1/3, disjoint 0, times Jaccard's index."""
    found = tree_distance.distances([{1, 2}, {1}, {2, 3}, {4, 5}], {})

    assert found == pytest.approx(
        np.array(
            [
                [0, 1 - 1 / 2 * 2 / 3, 1 - 1 / 3 / 3, 1],
                [1 - 1 / 2 * 2 / 3, 0, 1, 1],
                [1 - 1 / 3 / 3, 1, 0, 1],
                [1, 1, 1, 0],
            ]
        )
    )


def test_alpha_over_sets_by_hand():
    """Two clips, two reviewers: {3} and {4}, then {9} twice."""
    sets = [{3}, {4}, {9}]
    table = tree_distance.distances(sets, PATHS)
    found = alpha.Reliability.of(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2]), table).alpha()

    # Observed: one of two clips, 5/6 twice among four answers. Expected: of twelve ordered pairs, {3}-{4} stands twice
    # at 5/6 and a sports set with a food one eight times at 1.
    assert found == pytest.approx(1 - (2 * 5 / 6 / 4) / ((2 * 5 / 6 + 8) / 12))
