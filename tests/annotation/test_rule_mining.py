"""Rules mined from tag sets: what is found, and that rare pairs prove nothing."""

import numpy as np
import pytest

from annotation import rule_mining

# 1 is above 11, 12 and 13; 2 above 21; 3, 4 and 5 stand alone.
PATHS = {1: (1,), 2: (2,), 3: (3,), 4: (4,), 5: (5,)} | {n: (n, n // 10) for n in (11, 12, 13, 21)}


def mine(*held: tuple[int, tuple[int, ...]], **kw):
    """`held`: how many sets hold these tags."""
    sets = [tags for count, tags in held for _ in range(count)]
    rows = [(n, tag) for n, tags in enumerate(sets) for tag in tags]
    return rule_mining.mine(*np.array(rows, dtype=np.int64).T, PATHS, **kw)


def told(found):
    return [(f.kind, f.subject, f.other) for f in found]


def test_two_frequent_tags_that_never_meet_exclude_each_other():
    (found,) = mine((100, (3,)), (100, (4,)), (100, (5,)), (50, (3, 5)), (50, (4, 5)))

    assert told([found]) == [("excludes", 3, 4)]
    assert (found.sets, found.subject_sets, found.other_sets, found.together) == (400, 150, 150, 0)
    assert found.expected == pytest.approx(150 * 150 / 400)
    assert found.bound < 0.1


def test_rare_tags_that_never_meet_prove_nothing():
    assert mine((25, (3,)), (25, (4,)), (500, (5,)), (5, (3, 5)), (5, (4, 5))) == []


def test_a_few_exceptions_among_many_are_not_never():
    assert mine((100, (3,)), (100, (4,)), (100, (5,)), (40, (3, 5)), (40, (4, 5)), (12, (3, 4))) == []


def test_a_tag_that_is_always_with_another_requires_it():
    (found,) = mine((80, (3, 4)), (40, (4,)), (200, (5,)), (40, (4, 5)), (40, (3, 4, 5)))

    assert told([found]) == [("requires", 3, 4)]
    assert (found.subject_sets, found.together) == (120, 120)
    assert 0.96 < found.bound < 1


def test_a_few_sets_are_not_always():
    found = told(mine((25, (3, 4)), (100, (4, 5)), (100, (5,)), (300, (1, 5))))

    assert ("requires", 3, 4) not in found


def test_what_stands_nearly_everywhere_is_required_by_nothing():
    assert mine((80, (3, 4)), (10, (5,)), (80, (4, 5)), (80, (3, 4, 5))) == []


def test_of_tags_that_always_meet_one_requirement_is_told():
    found = told(mine((80, (3, 4)), (300, (5,)), (40, (3, 4, 5))))

    assert found == [("requires", 3, 4)]


def test_branches_are_told_instead_of_their_tags():
    background = [(100, (5,)), (60, (5, 11)), (60, (5, 12)), (60, (5, 21))]

    found = told(mine((100, (11,)), (100, (12,)), (100, (21,)), (30, (11, 12)), *background))

    assert found == [("excludes", 1, 2)]


def test_siblings_that_all_exclude_each_other_are_one_rule():
    background = [(60, (5, 11)), (60, (5, 12)), (60, (5, 13)), (300, (5,))]

    found = mine((100, (11,)), (100, (12,)), (100, (13,)), *background)

    assert told(found) == [("at_most_one_child", 1, None)]
    assert (found[0].subject_sets, found[0].together) == (480, 0)


def test_a_tag_is_not_told_to_require_its_own_category():
    assert told(mine((200, (11,)), (300, (5,)), (100, (11, 5)))) == []


def test_nothing_comes_of_nothing():
    assert rule_mining.mine(np.array([], np.int64), np.array([], np.int64), {}) == []


def test_tags_that_do_not_care_are_not_told():
    rng = np.random.default_rng(5)
    held = rng.random((4000, 5)) < 0.2
    sets, tags = np.nonzero(held)

    assert rule_mining.mine(sets, tags + 1, PATHS) == []
