"""The rule book: by vectors shared with the browser, and by properties against brute force."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.rules import Node, Rule, RuleBook

VECTORS = json.loads((Path(__file__).parent / "rule_vectors.json").read_text(encoding="utf-8"))
NODES = [Node(id, parent, assignable) for id, parent, assignable in VECTORS["nodes"]]


def compile_vector(vector) -> RuleBook:
    rules = [Rule(**rule | {"others": tuple(rule["others"])}) for rule in vector["rules"]]
    return RuleBook.compile(NODES, rules, vector["line"])


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["about"])
def test_conflicts_and_their_repairs(vector):
    book = compile_vector(vector)

    for case in vector["conflicts"]:
        assert [as_json(conflict) for conflict in book.conflicts(case["tags"])] == case["conflicts"], case["tags"]


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["about"])
def test_the_best_set_and_why_the_others_left(vector):
    book = compile_vector(vector)

    for case in vector["best"]:
        selection = book.best({int(tag): score for tag, score in case["scores"].items()}, case["fixed"])
        removed = {
            str(tag): {"rule": removal.rule and removal.rule.id, "because_of": sorted(removal.because_of)}
            for tag, removal in selection.removed.items()
        }
        assert (sorted(selection.tags), removed, selection.exact) == (case["tags"], case["removed"], True), case


def as_json(conflict) -> dict[str, object]:
    return {
        "reason": conflict.reason,
        "rule": conflict.rule and conflict.rule.id,
        "tags": list(conflict.tags),
        "repairs": [{"remove": sorted(r.remove), "add": sorted(r.add)} for r in conflict.repairs],
    }


@st.composite
def books(draw, size: int = 9):
    """A random small tree with random rules: (nodes, rules)."""
    nodes = [
        Node(id, draw(st.none() | st.integers(1, id - 1)) if id > 1 else None, draw(st.integers(0, 9)) > 0)
        for id in range(1, size + 1)
    ]
    kinds = st.sampled_from(["excludes", "excludes", "requires", "at_most_one_child", "co_occurs"])
    tags = st.integers(1, size)
    drawn = draw(st.lists(st.tuples(kinds, tags, st.lists(tags, min_size=1, max_size=3)), max_size=7))
    weights = st.sampled_from([0.0, 0.25, 1.0])
    return nodes, [
        Rule(i, kind, tag, tuple(others), None, draw(weights)) for i, (kind, tag, others) in enumerate(drawn)
    ]


scores_of = st.dictionaries(st.integers(1, 10), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]), max_size=9)


def worth(book: RuleBook, rules: list[Rule], scores: dict[int, float], tags: frozenset[int]) -> float:
    present = {node for tag in tags for node in book.path(tag)}
    pairs = [
        rule.weight
        for rule in rules
        if rule.kind == "co_occurs" and rule.subject in present
        for other in set(rule.others)
        if other in present
    ]
    return sum(scores[tag] for tag in tags) + sum(pairs)


def subsets(tags: list[int]):
    for mask in range(1 << len(tags)):
        yield frozenset(tag for i, tag in enumerate(tags) if mask >> i & 1)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(books(), scores_of)
def test_the_best_set_breaks_no_rule_and_none_is_better(drawn, scores):
    nodes, rules = drawn
    book = RuleBook.compile(nodes, rules)

    selection = book.best(scores)

    assert not book.conflicts(selection.tags)
    assert selection.exact
    legal = [tags for tags in subsets([tag for tag in scores if tag in book]) if not book.conflicts(tags)]
    assert worth(book, rules, scores, selection.tags) >= max(worth(book, rules, scores, t) for t in legal) - 1e-6


@settings(max_examples=150, deadline=None, derandomize=True)
@given(books(), scores_of)
def test_each_tag_that_is_left_out_has_a_true_reason(drawn, scores):
    nodes, rules = drawn
    book = RuleBook.compile(nodes, rules)

    selection = book.best(scores)

    assert selection.removed.keys() == scores.keys() - selection.tags
    for tag, removal in selection.removed.items():
        broken = book.conflicts(selection.tags | {tag})
        assert any(conflict.rule == removal.rule and tag in conflict.tags for conflict in broken)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(books(), st.sets(st.integers(1, 10)))
def test_a_repair_solves_its_conflict_and_brings_no_other(drawn, tags):
    book = RuleBook.compile(*drawn)
    before = book.conflicts(tags)

    for conflict in before:
        assert conflict.repairs
        for repair in conflict.repairs:
            after = book.conflicts((tags - repair.remove) | repair.add)
            assert conflict not in after
            assert {(c.reason, c.rule) for c in after} <= {(c.reason, c.rule) for c in before}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(books(), scores_of, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order(drawn, scores, random):
    nodes, rules = drawn
    selection = RuleBook.compile(nodes, rules).best(scores)

    random.shuffle(rules)
    shuffled = sorted(scores.items(), key=lambda item: random.random())

    assert RuleBook.compile(nodes, rules).best(dict(shuffled)) == selection


def test_a_hopeless_tangle_still_gets_a_legal_answer():
    rng, ids = random.Random(7), range(1, 101)
    pairs = [(a, b) for a in ids for b in range(a + 1, 101) if rng.random() < 0.1]
    rules = [Rule(id, "excludes", a, (b,)) for id, (a, b) in enumerate(pairs)]
    book = RuleBook.compile([Node(id) for id in ids], rules)

    selection = book.best(dict.fromkeys(ids, 0.5))

    assert not selection.exact
    assert not book.conflicts(selection.tags)
    assert len(selection.tags) >= 25


@pytest.mark.parametrize(
    ("nodes", "rules", "reason"),
    [
        ([Node(1, 2), Node(2, 1)], [], "its own ancestor"),
        ([Node(1, 7)], [], "parent 7 of tag 1 is unknown"),
        ([Node(1)], [Rule(3, "excludes", 1, (9,))], "rule 3 names the unknown tag 9"),
        ([Node(1)], [Rule(3, "co_occurs", 1, (1,), weight=-1.0)], "likelier"),
    ],
)
def test_a_broken_taxonomy_does_not_compile(nodes, rules, reason):
    with pytest.raises(ValueError, match=reason):
        RuleBook.compile(nodes, rules)


@pytest.mark.parametrize("score", [-0.1, float("nan"), float("inf")])
def test_a_score_that_is_no_score_is_refused(score):
    with pytest.raises(ValueError, match="score"):
        RuleBook.compile(NODES, []).best({3: score})


def test_the_rules_about_a_tag_are_its_own_and_its_ancestors():
    book = RuleBook.compile(
        NODES, [Rule(1, "excludes", 9, (1,)), Rule(2, "requires", 3, (10,)), Rule(3, "requires", 4, (9,))]
    )

    assert [rule.id for rule in book.rules_about(3)] == [1, 2]
