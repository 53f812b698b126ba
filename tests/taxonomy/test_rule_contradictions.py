"""What a rule set gets wrong: by examples, and by properties against brute force over all sets of small taxonomies."""

import random
from typing import Any

import pytest
from hypothesis import given, settings

from taxonomy.rules import Node, Rule, RuleBook
from taxonomy.solving import contradictions
from tests.steps import steps
from tests.taxonomy.test_rules import NODES, books, subsets


def excludes(id, subject, *others, line=None):
    return Rule(id, "excludes", subject, others, line)


def requires(id, subject, *others, line=None):
    return Rule(id, "requires", subject, others, line)


def told(rules, nodes=NODES, **kw):
    return [
        (found.fault, found.tags, [rule.id for rule in found.rules])
        for found in contradictions.find(nodes, rules, **kw)
    ]


def test_a_rule_set_without_faults_has_none():
    assert told([excludes(1, 1, 6), requires(2, 9, 10), Rule(3, "at_most_one_child", 1)]) == []


def test_a_tag_that_requires_what_it_excludes_is_impossible():
    assert told([excludes(1, 9, 10), requires(2, 9, 10), excludes(3, 9, 11)]) == [("impossible", (9,), [1, 2])]


def test_an_exclusion_of_the_branches_above_counts():
    # 3 stands below 1, 7 below 6.
    assert told([excludes(1, 1, 6), requires(2, 3, 7)]) == [("impossible", (3,), [1, 2])]


def test_what_is_required_in_turn_counts():
    rules = [requires(1, 9, 10), requires(2, 10, 11), excludes(3, 9, 11), excludes(4, 7, 8)]

    assert told(rules) == [("impossible", (9,), [1, 2, 3])]


def test_of_several_things_required_one_that_is_excluded_is_told_apart():
    assert told([excludes(1, 9, 10), requires(2, 9, 10, 11)]) == [("excluded", (9, 10), [1, 2])]


def test_of_an_impossible_branch_only_the_top_is_told():
    assert told([excludes(1, 1, 6), requires(2, 1, 7)]) == [("impossible", (1,), [1, 2])]


def test_at_most_one_child_may_make_the_other_children_impossible():
    # 2 and 5 are children of 1; 1 asks for 2, so 5 has no place beside it.
    assert told([Rule(1, "at_most_one_child", 1), requires(2, 1, 2)]) == [("impossible", (5,), [1, 2])]


def test_what_cannot_be_given_cannot_be_required():
    nodes = [Node(1), Node(2, None, assignable=False)]

    assert told([requires(1, 1, 2)], nodes) == [("impossible", (1,), [1])]


def test_requirements_in_a_ring():
    rules = [requires(1, 9, 10), requires(2, 10, 7), requires(3, 6, 9)]  # 7 lies below 6

    assert told(rules) == [("cycle", (9, 10, 6), [1, 2, 3])]


def test_a_choice_among_requirements_is_no_ring():
    assert told([requires(1, 9, 10), requires(2, 10, 9, 11)]) == []


def test_requiring_an_ancestor_or_an_own_branch_is_no_ring():
    assert told([requires(1, 3, 1), requires(2, 1, 2)]) == []


def test_a_fault_of_one_business_line_says_so():
    rules = [excludes(1, 9, 10), requires(2, 9, 10, line=7), requires(3, 11, 9, line=8)]

    assert [(f.tags, f.line) for f in contradictions.find(NODES, rules)] == [((9,), 7)]


def test_a_fault_of_all_lines_is_told_once():
    rules = [excludes(1, 9, 10), requires(2, 9, 10), requires(3, 11, 7, line=8)]

    assert [(f.tags, f.line) for f in contradictions.find(NODES, rules)] == [((9,), None)]


def test_only_faults_that_one_rule_has_part_in():
    rules = [excludes(1, 9, 10), requires(2, 9, 10), excludes(3, 7, 11), requires(4, 7, 11)]

    assert told(rules, about=4) == [("impossible", (7,), [3, 4])]


def test_a_rule_about_an_unknown_tag_is_refused():
    with pytest.raises(ValueError, match="rule 1 names the unknown tag 99"):
        told([excludes(1, 9, 99)])


def legal_sets(nodes, rules):
    book = RuleBook.compile(nodes, rules)
    legal = [tags for tags in subsets([node.id for node in nodes]) if not book.conflicts(tags)]
    return [frozenset(node for tag in tags for node in book.path(tag)) for tags in legal]


def standing(nodes, rules, wanted) -> bool:
    return any(wanted <= present for present in legal_sets(nodes, rules))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(books(size=7))
def test_exactly_the_impossible_tags_are_told(drawn):
    nodes, rules = drawn
    book = RuleBook.compile(nodes, [])
    found = {f.tags[0] for f in contradictions.find(nodes, rules) if f.fault == "impossible"}

    possible = frozenset().union(*legal_sets(nodes, rules))
    anyway = frozenset().union(*legal_sets(nodes, []))  # without any rule
    dead = anyway - possible
    assert found <= dead
    assert all(not dead.intersection(book.path(tag)[1:]) for tag in found), "only tops of branches"
    named = {node for rule in rules for tag in (rule.subject, *rule.others) for node in book.path(tag)}
    assert all(found.intersection(book.path(tag)) for tag in dead & named)
    beside = {book.path(tag)[1] for tag in found - named}  # one tag stands for those that no rule names
    for tag in dead - named:
        assert found.intersection(book.path(tag)) or beside.intersection(book.path(tag))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(books(size=7))
def test_the_rules_that_are_blamed_are_the_fewest(drawn):
    nodes, rules = drawn

    for fault in contradictions.find(nodes, rules):
        if fault.fault == "cycle":
            continue
        wanted, blamed = frozenset(fault.tags), list(fault.rules)
        assert not standing(nodes, blamed, wanted)
        for spared in blamed:
            if fault.fault == "impossible" or spared.kind != "requires" or fault.tags[1] not in spared.others:
                assert standing(nodes, [rule for rule in blamed if rule != spared], wanted)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(books(size=7))
def test_each_requirement_that_can_never_be_met_is_told(drawn):
    nodes, rules = drawn
    found = {f.tags for f in contradictions.find(nodes, rules) if f.fault == "excluded"}

    possible = frozenset().union(*legal_sets(nodes, rules))
    for rule in rules:
        for other in rule.others if rule.kind == "requires" else ():
            if {rule.subject, other} <= possible:
                together = standing(nodes, rules, frozenset({rule.subject, other}))
                assert ((rule.subject, other) not in found) == together


def test_the_work_grows_with_the_taxonomy_not_with_its_pairs():
    rng = random.Random(11)
    nodes = [
        Node(id, None if id <= 20 else rng.randrange(max(1, id // 10 - 40), id // 10 + 1)) for id in range(1, 20_001)
    ]
    nodes += [Node(id) for id in range(20_001, 300_001)]
    rules = [
        excludes(id, *rng.sample(range(1, 300_001), 2)) if id % 2 else requires(id, *rng.sample(range(1, 300_001), 3))
        for id in range(5_000)
    ]
    rules += [excludes(5_000, 250_000, 260_000), requires(5_001, 250_000, 260_000)]
    found: list[Any] = []

    work = steps(lambda: found.extend(told(rules, nodes)))

    assert ("impossible", (250_000,), [5_000, 5_001]) in found
    assert work < 30 * len(nodes)
