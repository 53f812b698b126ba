"""What a probed clip shows; the seeded tag like any other."""

import pytest

from annotation.probes import disguise
from annotation.probes.disguise import Disguise
from tagging.policy import Policy
from taxonomy.rules import Node, Rule, RuleBook

BOOK = RuleBook.compile(
    [Node(1), Node(2, 1), Node(3, 1), Node(4), Node(5)], [Rule(1, "excludes", 2, (4,)), Rule(2, "requires", 5, (3,))]
)


def test_a_seed_stands_where_its_confidence_puts_it():
    shown = disguise.with_seed({2: 0.9, 3: 0.5}, 1, 0.7, Policy(), BOOK)

    assert list(shown.items()) == [(2, 0.9), (1, 0.7), (3, 0.5)]


@pytest.mark.parametrize(
    ("tag", "sure", "policy"),
    [
        (4, 0.7, Policy()),  # excluded by a tag that is shown
        (1, 0.2, Policy()),  # less sure than what the line wants to see
        (1, 0.7, Policy(limit=2)),  # no room
        (1, 0.7, Policy(subtrees=frozenset({4}))),  # of a branch the line does not want
        (99, 0.7, Policy()),  # no longer known
    ],
)
def test_a_seed_that_would_be_noticed_is_left_out(tag, sure, policy):
    assert disguise.with_seed({2: 0.9, 3: 0.5}, tag, sure, policy, BOOK) == {2: 0.9, 3: 0.5}


def test_a_tag_that_others_need_is_not_left_out():
    assert disguise.hides(Disguise("missing", 2), 2, BOOK)
    assert not disguise.hides(Disguise("missing", 3), 3, BOOK)
    assert not disguise.hides(Disguise("missing", 2), 4, BOOK)
    assert not disguise.hides(Disguise("wrong", 2), 2, BOOK)


def test_a_merged_seed_follows_its_merge_and_a_proposed_one_is_no_seed():
    seed = Disguise("wrong", 2, [0.9, {}, {}])

    assert disguise.today(seed, {2: 3}, {4}).tag == 3
    assert disguise.today(seed, {2: 3}, {3}) == disguise.PLAIN
    assert disguise.today(disguise.PLAIN, {}, {3}) == disguise.PLAIN


def test_evidence_of_a_longer_clip_fits_a_shorter_one():
    told = {"windows": [5.0, [0.1, 0.9, 0.4]], "moment": [21.0, 24.0], "similar": [4]}

    fitted = disguise.fitted(told, 12.0)

    assert fitted == {"windows": [5.0, [0.1, 0.9, 0.4]], "moment": [3.0, 6.0], "similar": [4]}  # 21 mod (12 - 3)
    assert disguise.fitted(told, 22.0)["windows"] == [5.0, [0.1, 0.9, 0.4, 0.1, 0.9]]
    assert disguise.fitted(told, 2.0)["moment"] == [0.0, 2.0]
    assert disguise.fitted({"moment": None, "spans": []}, 0.0) == {"moment": None, "spans": []}


def test_the_reasons_for_the_priority_do_not_give_a_probe_away():
    told = {"unsure": 1, "split": 2}

    assert disguise.why(told, Disguise("blind")) == {"nothing_found": 1}
    assert disguise.why(told | {"new": 1}, Disguise("blind")) == {"nothing_found": 1, "new": 1}
    assert disguise.why(told, Disguise("missing", 2)) == {"unsure": 1}
    assert disguise.why({"split": 2}, Disguise("missing", 2)) == {"split": 2}
    assert disguise.why(told, disguise.PLAIN) == told
