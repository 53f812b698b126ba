"""What a business line's policy decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging.policy import Calibration, Policy

SCORES = {1: 0.95, 2: 0.6, 3: 0.2}


def test_tags_below_the_threshold_are_not_shown():
    assert Policy(threshold=0.5).apply(SCORES).shown == {1: 0.95, 2: 0.6}


def test_a_lines_own_reviewers_say_what_a_confidence_means():
    strict = Calibration(slope=1.0, offset=-2.0)

    shown = Policy(threshold=0.5, calibration=strict).apply(SCORES).shown

    assert shown == {1: pytest.approx(0.7200, abs=1e-4)}  # log-odds 2.944 - 2
    assert Policy(threshold=0.0, calibration=Calibration()).apply(SCORES).shown == SCORES
    assert 0 < strict.apply(0.0) < strict.apply(1.0) < 1


def test_the_best_come_first_and_equal_ones_by_their_id():
    decision = Policy(threshold=0.0).apply({9: 0.5, 4: 0.5, 7: 0.8})

    assert list(decision.shown) == [7, 4, 9]


def test_no_more_than_the_limit_is_shown():
    assert list(Policy(threshold=0.0, limit=1).apply(SCORES).shown) == [1]


def test_only_allowed_branches_are_shown():
    policy = Policy(threshold=0.0, subtrees=frozenset({10}))

    decision = policy.apply({1: 0.9, 2: 0.9, 10: 0.4}, ancestors={1: (10, 100), 2: (20,), 10: (100,)})

    assert list(decision.shown) == [1, 10]


def test_a_person_sees_each_video_unless_the_line_says_otherwise():
    decision = Policy().apply({1: 1.0})

    assert decision.needs_review
    assert not decision.auto_accepted


def test_a_video_whose_shown_tags_are_all_sure_needs_nobody():
    decision = Policy(auto_accept=0.9).apply({1: 0.95, 2: 0.91, 3: 0.1})

    assert decision.auto_accepted == {1, 2}
    assert not decision.needs_review


def test_what_is_not_sure_enough_to_be_shown_is_told_too():
    decision = Policy(threshold=0.5, limit=1).apply({1: 0.9, 2: 0.6, 3: 0.2})

    assert list(decision.shown) == [1]
    assert decision.considered == {1: 0.9, 2: 0.6, 3: 0.2}


def test_one_unsure_tag_asks_for_a_person():
    decision = Policy(auto_accept=0.9).apply(SCORES)

    assert decision.auto_accepted == {1}
    assert decision.needs_review


def test_a_video_without_a_tag_asks_for_a_person():
    assert Policy(auto_accept=0.9).apply({}).needs_review


@given(st.dictionaries(st.integers(1, 50), st.floats(0, 1)), st.floats(0, 1), st.integers(1, 10))
def test_the_order_of_the_scores_changes_nothing(scores, threshold, limit):
    policy = Policy(threshold=threshold, limit=limit, auto_accept=0.8)

    one, other = policy.apply(scores), policy.apply(dict(reversed(scores.items())))

    assert one == other
    assert list(one.shown) == list(other.shown)
