"""The rule book: 100 candidates under 1,000 rules over 20,000 nodes, and compiling 300,000 tags with 5,000 rules."""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from statistics import quantiles
from time import perf_counter

from taxonomy.rules import Node, Rule, RuleBook

FANOUT = 8  # children a node: 20,000 nodes give 5 levels


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=500, help="candidate sets a case")
    parser.add_argument("--seed", type=int, default=1)


def run(options: Namespace) -> dict[str, object]:
    rng = random.Random(options.seed)
    nodes = tree(20_000)
    figures: dict[str, object] = {}
    for case, near in (("scattered", nodes), ("touching", None)):
        pool = near or rng.sample(nodes[1000:], 400)
        book = RuleBook.compile(nodes, rules(rng, pool, 1_000))
        sets = [_scores(rng, pool, 100) for _ in range(options.rounds)]
        for scores in sets[:50]:
            book.best(scores)  # a tag's scope is built when it is first met
        figures |= _times(f"best_{case}", sets, book.best)
        figures |= _times(f"conflicts_{case}", [list(scores)[:20] for scores in sets], book.conflicts)
        figures[f"best_{case}_exact"] = all(book.best(scores).exact for scores in sets)
        print(f"rules: {case} done", file=sys.stderr, flush=True)
    figures["compile_300000_tags_5000_rules_ms"] = _compile(rng)
    return figures


def tree(count: int) -> list[Node]:
    """A complete tree, its root left out of the ids' parents."""
    return [Node(i, (i - 1) // FANOUT or None) for i in range(1, count + 1)]


def rules(rng: random.Random, pool: Sequence[Node], count: int) -> list[Rule]:
    """Half exclusions; the others need, group and favour."""
    ids = [node.id for node in pool]
    parents = [node.parent for node in pool if node.parent]
    drawn = []
    for id in range(1, count + 1):
        kind = rng.choices(["excludes", "requires", "at_most_one_child", "co_occurs"], [50, 15, 10, 25])[0]
        subject = rng.choice(parents if kind == "at_most_one_child" else ids)
        others = () if kind == "at_most_one_child" else tuple(rng.sample(ids, 3 if kind == "requires" else 1))
        drawn.append(Rule(id, kind, subject, others, weight=0.2 if kind == "co_occurs" else 0.0))
    return drawn


def _scores(rng: random.Random, pool: Sequence[Node], count: int) -> dict[int, float]:
    return {node.id: rng.random() for node in rng.sample(pool, count)}


def _times(name: str, inputs: Sequence[object], answer: Callable[..., object]) -> dict[str, object]:
    times = []
    for value in inputs:
        start = perf_counter()
        answer(value)
        times.append((perf_counter() - start) * 1000)
    cuts = quantiles(times, n=20)
    return {
        f"{name}_p50_ms": round(cuts[9], 3),
        f"{name}_p95_ms": round(cuts[18], 3),
        f"{name}_max_ms": round(max(times), 3),
    }


def _compile(rng: random.Random) -> float:
    nodes = tree(300_000)
    drawn = rules(rng, nodes, 5_000)
    start = perf_counter()
    RuleBook.compile(nodes, drawn)
    return round((perf_counter() - start) * 1000, 1)
