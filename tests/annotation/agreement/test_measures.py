"""Which figures are made of a line's overlapping clips."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from annotation.agreement import measures
from annotation.agreement.weighing import Opinion

# 1 and 2 are branches, 11 to 13 and 21 their tags; 7 is open.
PATHS = {11: (11, 1), 12: (12, 1), 13: (13, 1), 21: (21, 2), 7: (7,)}


def opinion(reviewer, *given):
    return Opinion(reviewer, frozenset(given), frozenset())


def measured(clips):
    return {(one.measure, one.tag, one.pair): one for one in measures.measure(clips, PATHS)}


def drawn(clips=60, seed=1):
    """Two reviewers: the second keeps each tag with 80 %, and confuses 11 with 12 now and then."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(clips):
        tags = {tag for tag in (11, 13, 21) if random.random() < 0.5}
        other = {tag for tag in tags if random.random() < 0.8}
        if 11 in other and random.random() < 0.3:
            other = other - {11} | {12}
        found.append([opinion(5, *tags), opinion(9, *other)])
    return found


def test_the_line_its_branches_its_pairs_and_its_tags_are_measured():
    found = measured(drawn())

    assert {key for key in found if key[0] == "alpha"} == {
        ("alpha", None, None),
        ("alpha", 1, None),
        ("alpha", 2, None),
        ("alpha", None, (5, 9)),
    }
    assert {(tag, pair) for measure, tag, pair in found if measure == "kappa"} >= {
        (None, None),
        (11, None),
        (13, None),
        (21, None),
        (None, (5, 9)),
    }
    for one in found.values():
        assert one.low <= one.value <= one.high
        assert one.clips == 60


def test_kappa_of_two_reviewers_is_cohens():
    clips = drawn()
    found = measured(clips)

    for tag in (11, 13, 21):
        first, second = ([tag in opinions[side].given for opinions in clips] for side in (0, 1))
        assert found["kappa", tag, None].value == pytest.approx(cohen_kappa_score(first, second))


def test_confusing_siblings_is_less_bad_than_confusing_branches():
    def confused(other):
        return [
            [opinion(5, tag), opinion(9, other if n % 4 == 0 and tag == 11 else tag)]
            for n, tag in enumerate([11, 21] * 40)
        ]

    sibling, stranger = (measured(confused(other))["alpha", None, None].value for other in (12, 7))

    assert sibling > stranger


def test_few_common_clips_and_rare_tags_are_left_out():
    clips = [[opinion(5, 11), opinion(9, 11)], [opinion(5, 21), opinion(9, 21)]] * 5
    clips += [[opinion(5, 13), opinion(8, 13)]] * 3

    found = measured(clips)

    assert ("alpha", None, (5, 9)) in found
    assert ("alpha", None, (5, 8)) not in found
    assert not any(tag == 13 for _measure, tag, _pair in found)


def test_three_opinions_on_a_clip_make_three_pairs():
    clips = [[opinion(5, 11), opinion(8, 11), opinion(9, *([] if n % 3 else [11]))] for n in range(12)]
    clips += [[opinion(5), opinion(8), opinion(9)]] * 12

    found = measured(clips)

    assert {pair for _measure, _tag, pair in found if pair} == {(5, 8), (5, 9), (8, 9)}
    assert found["alpha", None, (5, 8)].value == pytest.approx(1)
    assert found["kappa", None, (5, 9)].value == pytest.approx(
        cohen_kappa_score([1] * 12 + [0] * 12, ([1, 0, 0] * 4) + [0] * 12)
    )


def test_nothing_reviewed_twice_has_no_figures():
    assert measured([]) == {}
