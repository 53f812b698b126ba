"""The tree and its rules, indexed so that a question costs only the rules that touch the tags asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["excludes", "requires", "at_most_one_child", "co_occurs"]


@dataclass(frozen=True, slots=True)
class Node:
    """One tag or category of the tree."""

    id: int
    parent: int | None = None
    assignable: bool = True
    kind: str = "category"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule between nodes; `line` names the only business line it holds for, None means all."""

    id: int
    kind: Kind
    subject: int
    others: tuple[int, ...] = ()
    line: int | None = None
    weight: float = 0.0  # of co_occurs


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rules say to one tag, its ancestors included."""

    path: tuple[int, ...]
    named: tuple[int, ...]  # nodes of the path by whose presence some rule is decided
    excluded: Mapping[int, Rule]  # branches that may not stand beside the tag
    around: Sequence[tuple[int, int, Rule]]  # (outer, inner): of outer's branch only inner's and inner's ancestors may
    needs: Sequence[Rule]  # requirements that the tag does not meet by itself


@dataclass(frozen=True)
class RuleIndex:
    """Rules by the nodes they touch. A tag's scope is put together when it is first asked for, then kept."""

    parent: Mapping[int, int | None]
    assignable: frozenset[int]
    by_subject: Mapping[int, Sequence[Rule]]
    by_other: Mapping[int, Sequence[Rule]]
    favours: Mapping[int, Sequence[Rule]]  # the co-occurrences of by_subject that are worth something
    _scopes: dict[int, Scope] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def compile(cls, nodes: Iterable[Node], rules: Iterable[Rule]) -> RuleIndex:
        parent: dict[int, int | None] = {}
        assignable = set()
        for node in nodes:
            parent[node.id] = node.parent
            if node.assignable:
                assignable.add(node.id)
        _check_tree(parent)
        by_subject: dict[int, list[Rule]] = defaultdict(list)
        by_other: dict[int, list[Rule]] = defaultdict(list)
        favours: dict[int, list[Rule]] = defaultdict(list)
        for rule in sorted(rules, key=lambda rule: rule.id):
            _check_rule(rule, parent)
            by_subject[rule.subject].append(rule)
            for other in dict.fromkeys(rule.others):
                by_other[other].append(rule)
            if rule.kind == "co_occurs" and rule.weight:
                favours[rule.subject].append(rule)
        return cls(parent, frozenset(assignable), dict(by_subject), dict(by_other), dict(favours))

    def path(self, tag: int) -> tuple[int, ...]:
        """The tag and its ancestors, the root last."""
        path = [tag]
        while (above := self.parent[path[-1]]) is not None:
            path.append(above)
        return tuple(path)

    def rules_about(self, tag: int) -> list[Rule]:
        """The rules that name the tag or one of its ancestors, by id."""
        found = {}
        for node in self.path(tag):
            for rule in (*self.by_subject.get(node, ()), *self.by_other.get(node, ())):
                found[rule.id] = rule
        return [found[id] for id in sorted(found)]

    def scope(self, tag: int) -> Scope:
        """What the rules say to the tag. Raises KeyError for an unknown one."""
        scope = self._scopes.get(tag)
        if scope is None:
            scope = self._scopes[tag] = self._build_scope(tag)
        return scope

    def _build_scope(self, tag: int) -> Scope:
        path = self.path(tag)
        excluded: dict[int, Rule] = {}
        around: list[tuple[int, int, Rule]] = []
        needs = []
        for depth, node in enumerate(path):
            for rule in self.by_subject.get(node, ()):
                if rule.kind == "excludes":
                    for other in rule.others:
                        self._exclude(path, node, other, rule, excluded, around)
                elif rule.kind == "at_most_one_child" and depth:
                    around.append((node, path[depth - 1], rule))
                elif rule.kind == "requires" and not any(other in path for other in rule.others):
                    needs.append(rule)
            for rule in self.by_other.get(node, ()):
                if rule.kind == "excludes":
                    self._exclude(path, node, rule.subject, rule, excluded, around)
        return Scope(path, tuple(self._named(path)), excluded, around, needs)

    def _named(self, path: Sequence[int]) -> Iterator[int]:
        """The nodes that rules name, and the children of which only one may be present."""
        for node in path:
            above = self.by_subject.get(self.parent[node] or 0, ())
            if (
                node in self.by_subject
                or node in self.by_other
                or any(rule.kind == "at_most_one_child" for rule in above)
            ):
                yield node

    def _exclude(
        self,
        path: tuple[int, ...],
        node: int,
        other: int,
        rule: Rule,
        excluded: dict[int, Rule],
        around: list[tuple[int, int, Rule]],
    ) -> None:
        """Note that the branch of `node`, in which the path begins, excludes the branch of `other`."""
        if other not in path:
            # An ancestor of the other is implied by it, so it may stand beside it.
            if path[0] not in self.path(other) and (other not in excluded or rule.id < excluded[other].id):
                excluded[other] = rule
        elif path.index(node) < path.index(other):  # node's branch lies within the other's
            around.append((other, node, rule))


def _check_tree(parent: Mapping[int, int | None]) -> None:
    sound: set[int | None] = {None}
    for node in parent:
        trail: list[int] = []
        above: int | None = node
        while above not in sound:
            assert above is not None
            if above not in parent:
                raise ValueError(f"the parent {above} of tag {trail[-1]} is unknown")
            if len(trail) > 100 and above in trail:
                raise ValueError(f"tag {above} is its own ancestor")
            trail.append(above)
            above = parent[above]
        sound.update(trail)


def _check_rule(rule: Rule, parent: Mapping[int, int | None]) -> None:
    for tag in (rule.subject, *rule.others):
        if tag not in parent:
            raise ValueError(f"rule {rule.id} names the unknown tag {tag}")
    if not rule.weight >= 0:
        raise ValueError(f"rule {rule.id} has the weight {rule.weight}; a co-occurrence makes tags likelier")
