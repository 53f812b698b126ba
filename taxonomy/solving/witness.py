"""Is there a legal set with these tags? A search that looks only at what the rules touch.

Tags that no rule names behave like any other such tag below the same node, so one of them stands for all: the search
knows the nodes that rules name, their ancestors, and one other tag below each of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from taxonomy.solving.index import Node, Rule

STEPS = 4_000  # places tried for one question; then it counts as unanswered
DEPTH = 200  # choices that hang on one another


class Unanswered(Exception):
    """The rules are too tangled to answer within STEPS."""


@dataclass(frozen=True)
class Ground:
    """The tree as far as rules touch it. `below`: a node's kept children and the tag that stands for the rest."""

    parent: Mapping[int, int | None]
    assignable: frozenset[int]
    below: Mapping[int, Sequence[int]]
    kept: Sequence[int]  # parents before their children
    _paths: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, nodes: Iterable[Node], rules: Iterable[Rule]) -> Ground:
        """Raises ValueError when a rule names an unknown tag."""
        parent: dict[int, int | None] = {}
        assignable: set[int] = set()
        for node in nodes:
            parent[node.id] = node.parent
            if node.assignable:
                assignable.add(node.id)
        touched = _touched(parent, rules)
        below: dict[int, list[int]] = defaultdict(list)
        for child in touched:
            if (above := parent[child]) is not None:
                below[above].append(child)
        stand_ins = _stand_ins(parent, assignable, touched)
        for above, tag in stand_ins.items():
            below[above].append(tag)
        return cls(parent, frozenset(assignable), below, [*touched, *stand_ins.values()])

    def path(self, node: int) -> tuple[int, ...]:
        """The node and its ancestors, the root last."""
        path = self._paths.get(node)
        if path is None:
            above = self.parent[node]
            path = self._paths[node] = (node,) if above is None else (node, *self.path(above))
        return path


def _touched(parent: Mapping[int, int | None], rules: Iterable[Rule]) -> list[int]:
    """What the rules name and its ancestors, parents first."""
    found: dict[int, None] = {}
    for rule in rules:
        for named in (rule.subject, *rule.others):
            if named not in parent:
                raise ValueError(f"rule {rule.id} names the unknown tag {named}")
            way = []
            node: int | None = named
            while node is not None and node not in found:
                way.append(node)
                node = parent[node]
            found.update(dict.fromkeys(reversed(way)))
    return list(found)


def _stand_ins(parent: Mapping[int, int | None], assignable: Iterable[int], touched: Iterable[int]) -> dict[int, int]:
    """For each touched node one assignable tag of its branch that is in no touched branch below it."""
    known, found = set(touched), dict[int, int]()
    for tag in sorted(assignable):
        node: int | None = tag
        while node is not None and node not in known:
            node = parent[node]
        if node is not None and node != tag and node not in found:
            found[node] = tag
    return found


class Statutes:
    """Hard rules by the nodes they speak of, as the search asks for them."""

    def __init__(self, ground: Ground, rules: Iterable[Rule]) -> None:
        self.apart: dict[int, list[tuple[int, Rule]]] = defaultdict(list)  # node -> (excluded node, rule)
        self.inner: dict[int, list[tuple[int, Rule]]] = defaultdict(list)  # inner node -> (outer node, rule)
        self.outer: dict[int, list[tuple[int, Rule]]] = defaultdict(list)  # outer node -> (inner node, rule)
        self.one_child: dict[int, list[Rule]] = defaultdict(list)
        self.needs: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            if rule.kind == "requires":
                self.needs[rule.subject].append(rule)
            elif rule.kind == "at_most_one_child":
                self.one_child[rule.subject].append(rule)
            elif rule.kind == "excludes":
                for other in dict.fromkeys(rule.others):
                    self._exclude(ground, rule, other)

    def _exclude(self, ground: Ground, rule: Rule, other: int) -> None:
        subject = rule.subject
        if subject == other:
            return
        if subject in ground.path(other):
            self.inner[other].append((subject, rule))
            self.outer[subject].append((other, rule))
        elif other in ground.path(subject):
            self.inner[subject].append((other, rule))
            self.outer[other].append((subject, rule))
        else:
            self.apart[subject].append((other, rule))
            self.apart[other].append((subject, rule))


class Search:
    """One search for a legal set that makes some nodes present."""

    def __init__(self, ground: Ground, statutes: Statutes, allowed: Collection[int] | None = None) -> None:
        """`allowed`: ids of the only rules that count; None for all."""
        self.ground, self.statutes, self.allowed = ground, statutes, allowed
        self.present: dict[int, None] = {}  # in the order of their coming, so the last leave first
        self.blamed: set[int] = set()  # ids of the rules that stood in the way anywhere
        self.steps = 0

    def run(self, wanted: Iterable[int]) -> bool:
        """Whether a legal set holds all these; then `present` are the nodes it makes present. Raises Unanswered."""
        return all(self._place(node) for node in wanted) and self._complete()

    def _complete(self, depth: int = 0) -> bool:
        """Meet what the present nodes still ask for, one thing after the other; all ways are tried."""
        if depth > DEPTH:
            raise Unanswered
        asking = []
        while asked := self._unmet():
            rule, ways = asked
            if rule:
                asking.append(rule.id)
            if len(ways) == 1 and self._place(ways[0]):
                continue  # no choice, so nothing to come back to
            if len(ways) > 1 and any(self._try(way, depth) for way in ways):
                return True
            self.blamed.update(asking)
            return False
        return True

    def _try(self, way: int, depth: int) -> bool:
        before = len(self.present)
        if self._place(way) and self._complete(depth + 1):
            return True
        while len(self.present) > before:
            self.present.popitem()
        return False

    def _unmet(self) -> tuple[Rule | None, Sequence[int]] | None:
        """A requirement that nothing meets yet, or a category that is present without any tag of its branch."""
        for node in self.present:
            for rule in self._counting(self.statutes.needs.get(node, ())):
                if not any(other in self.present for other in rule.others):
                    return rule, rule.others
        for node in self.present:
            below = self.ground.below.get(node, ())
            if node not in self.ground.assignable and not any(child in self.present for child in below):
                return None, below
        return None

    def _place(self, node: int) -> bool:
        """Make the node and its ancestors present, unless a rule forbids it beside what is present."""
        self.steps += 1
        if self.steps > STEPS:
            raise Unanswered
        for each in reversed(self.ground.path(node)):
            if each in self.present:
                continue
            forbidding = next(self._against(each), None)
            if forbidding:
                self.blamed.add(forbidding.id)
                return False
            self.present[each] = None
        return True

    def _against(self, node: int) -> Iterator[Rule]:
        """The rules that forbid the node beside what is present."""
        yield from self._counting(rule for other, rule in self._listed("apart", node) if other in self.present)
        path = self.ground.path(node)
        above = path[1] if len(path) > 1 else None
        if above in self.statutes.one_child and any(above == self.ground.parent[other] for other in self.present):
            yield from self._counting(self.statutes.one_child[above])
        for outer, rule in self._listed("inner", node):
            if any(outer in self.ground.path(other) and self._beside(other, node) for other in self.present):
                yield from self._counting((rule,))
        for outer in path:
            for inner, rule in self._listed("outer", outer):
                if inner in self.present and self._beside(node, inner):
                    yield from self._counting((rule,))

    def _listed(self, kind: str, node: int) -> Sequence[tuple[int, Rule]]:
        found: Sequence[tuple[int, Rule]] = getattr(self.statutes, kind).get(node, ())
        return found

    def _beside(self, first: int, second: int) -> bool:
        """Whether neither lies in the other's branch."""
        return first not in self.ground.path(second) and second not in self.ground.path(first)

    def _counting(self, rules: Iterable[Rule]) -> Iterator[Rule]:
        return (rule for rule in rules if self.allowed is None or rule.id in self.allowed)
