"""Rings of requirements: A needs B, B needs C, C needs A."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from taxonomy.solving.index import Rule

Path = Callable[[int], tuple[int, ...]]  # a node and its ancestors, the root last


def rings(rules: Sequence[Rule], path: Path) -> Iterator[list[Rule]]:
    """The shortest ring through each rule that is in one; rules of a ring that was told are not told again.

    Only requirements of one thing count: of several the others are a way out. A category that requires one of its own
    branches, or a tag that requires its own ancestor, is no ring.
    """
    follows = _follows(rules, path)
    told: set[int] = set()
    for rule in follows:
        if rule.id not in told and (ring := _shortest(rule, follows)):
            told.update(each.id for each in ring)
            yield ring


def _follows(rules: Sequence[Rule], path: Path) -> dict[Rule, list[Rule]]:
    """Each rule with those that its requirement brings into play: what is required is present with its ancestors."""
    hard = [rule for rule in rules if rule.kind == "requires" and len(set(rule.others)) == 1]
    hard = [rule for rule in hard if rule.others[0] not in path(rule.subject)]
    by_subject: dict[int, list[Rule]] = {}
    for rule in hard:
        by_subject.setdefault(rule.subject, []).append(rule)
    return {
        rule: [
            next_
            for node in path(rule.others[0])
            for next_ in by_subject.get(node, ())
            if next_.others[0] not in path(rule.others[0])  # met by the way there
        ]
        for rule in hard
        if rule.subject not in path(rule.others[0])
    }


def _shortest(start: Rule, follows: Mapping[Rule, Sequence[Rule]]) -> list[Rule]:
    """From the rule back to itself; empty when no way leads there."""
    came_from: dict[Rule, Rule] = {}
    queue = deque([start])
    while queue:
        rule = queue.popleft()
        for next_ in follows.get(rule, ()):
            if next_ == start:
                ring = [rule]
                while ring[0] != start:
                    ring.insert(0, came_from[ring[0]])
                return ring
            if next_ not in came_from:
                came_from[next_] = rule
                queue.append(next_)
    return []
