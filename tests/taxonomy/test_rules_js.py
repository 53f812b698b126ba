"""The browser's rules answer as the server's do: the shared vectors and random books, see modules.py."""

import random

from taxonomy.rules import Node, Rule, RuleBook
from tests.taxonomy import modules
from tests.taxonomy.test_rules import VECTORS, as_json


def test_the_shared_vectors():
    assert differences(VECTORS) == []


def test_random_books_are_answered_alike():
    rng = random.Random(5)
    nodes = [[id, rng.choice([None, *range(1, id)]) if id > 1 else None, rng.random() < 0.9] for id in range(1, 13)]
    vectors = [random_vector(rng, nodes) for _ in range(300)]

    assert differences({"nodes": nodes, "vectors": vectors}) == []


def random_vector(rng: random.Random, nodes: list[list]) -> dict[str, object]:
    """Rules, sets, and the server's answers."""
    rules = []
    for id in range(rng.randint(1, 8)):
        kind = rng.choice(["excludes", "requires", "at_most_one_child", "co_occurs"])
        others = [rng.randint(1, 12) for _ in range(rng.randint(1, 3))]
        rules.append({"id": id, "kind": kind, "subject": rng.randint(1, 12), "others": others, "line": None})
    book = RuleBook.compile(
        [Node(*node) for node in nodes], [Rule(**rule | {"others": tuple(rule["others"])}) for rule in rules]
    )
    sets = [rng.sample(range(1, 14), rng.randint(0, 9)) for _ in range(4)]
    cases = [{"tags": tags, "conflicts": [as_json(conflict) for conflict in book.conflicts(tags)]} for tags in sets]
    return {"about": "random", "line": None, "rules": rules, "conflicts": cases}


def differences(vectors: dict[str, object]) -> list[str]:
    """What rules.js answers otherwise."""
    return modules.call("({ differences, RuleBook }, vectors) => differences(RuleBook, vectors)", vectors)
