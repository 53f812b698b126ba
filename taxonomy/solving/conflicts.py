"""What is wrong with a set of tags, and the smallest ways to put it right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from taxonomy.solving.index import Rule, RuleIndex

Reason = Literal["unknown", "not_assignable", "excludes", "requires", "at_most_one_child"]
Tags = frozenset[int]


@dataclass(frozen=True, slots=True)
class Repair:
    """A change of the set that solves a conflict and causes no other."""

    remove: Tags = frozenset()
    add: Tags = frozenset()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing wrong with a set. `rule` is None where the tag itself is the trouble."""

    reason: Reason
    rule: Rule | None
    tags: tuple[int, ...]  # of the set, sorted; for `requires` those that lack something
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class _Breach:
    """A broken rule; the groups are the tags that may not stand together, or the one group that lacks something."""

    reason: Reason
    rule: Rule | None
    groups: tuple[tuple[int, ...], ...]


def find(index: RuleIndex, tags: Tags) -> list[Conflict]:
    """All conflicts of the set: tags that cannot be assigned first, then broken rules by id."""
    conflicts = []
    for breach in _breaches(index, tags):
        involved = tuple(sorted({tag for group in breach.groups for tag in group}))
        conflicts.append(Conflict(breach.reason, breach.rule, involved, _repairs(index, tags, breach)))
    return conflicts


def _breaches(index: RuleIndex, tags: Tags) -> Iterator[_Breach]:
    for tag in sorted(tags):
        if tag not in index.parent:
            yield _Breach("unknown", None, ((tag,),))
        elif tag not in index.assignable:
            yield _Breach("not_assignable", None, ((tag,),))
    present = _present(index, tags)
    rules = [rule for node in present.keys() & index.by_subject.keys() for rule in index.by_subject[node]]
    for rule in sorted(rules, key=lambda rule: rule.id):
        if rule.kind == "excludes":
            for other in dict.fromkeys(rule.others):
                left, right = _sides(index, present, rule.subject, other)
                if left and right:
                    yield _Breach("excludes", rule, (left, right))
        elif rule.kind == "at_most_one_child":
            groups = tuple(tuple(held) for node, held in sorted(present.items()) if index.parent[node] == rule.subject)
            if len(groups) > 1:
                yield _Breach("at_most_one_child", rule, groups)
        elif rule.kind == "requires" and not _meets(rule, present):
            yield _Breach("requires", rule, (tuple(present[rule.subject]),))


def _present(index: RuleIndex, tags: Iterable[int]) -> dict[int, list[int]]:
    """Each node that the set makes present, with the tags of the set in its branch, sorted."""
    present: dict[int, list[int]] = {}
    for tag in sorted(tags):
        if tag in index.parent:
            for node in index.scope(tag).path:
                present.setdefault(node, []).append(tag)
    return present


def _sides(
    index: RuleIndex, present: dict[int, list[int]], first: int, second: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The tags of the two branches that may not stand together: a nested branch against the rest of the outer one."""
    left, right = present.get(first, []), present.get(second, [])
    if not left or not right or first == second:
        return (), ()
    if first in index.path(second):
        left = _apart(left, right, index.path(second))
    elif second in index.path(first):
        right = _apart(right, left, index.path(first))
    return tuple(left), tuple(right)


def _apart(outer: list[int], inner: Collection[int], path: Collection[int]) -> list[int]:
    return [tag for tag in outer if tag not in inner and tag not in path]


def _repairs(index: RuleIndex, tags: Tags, breach: _Breach) -> tuple[Repair, ...]:
    if breach.reason == "requires":
        assert breach.rule is not None
        added = [Repair(add=frozenset({other})) for other in breach.rule.others if _fits(index, tags, other)]
        return (*dict.fromkeys(added), Repair(remove=_without(index, tags, frozenset(breach.groups[0]))))
    if len(breach.groups) == 1:
        return (Repair(remove=_without(index, tags, frozenset(breach.groups[0]))),)
    involved = {tag for group in breach.groups for tag in group}
    # Keep one group, drop the others. The least loss comes first.
    removals = {_without(index, tags, frozenset(involved - set(group))) for group in breach.groups}
    return tuple(Repair(remove=gone) for gone in sorted(removals, key=lambda gone: (len(gone), sorted(gone))))


def _fits(index: RuleIndex, tags: Tags, tag: int) -> bool:
    """Whether the tag may be added without a new conflict."""
    if tag not in index.assignable:
        return False
    scope = index.scope(tag)
    present = _present(index, tags)
    if scope.excluded.keys() & present.keys() or not all(_meets(rule, present) for rule in scope.needs):
        return False
    return not any(
        _apart(present.get(outer, []), present.get(inner, []), index.path(inner)) for outer, inner, _ in scope.around
    )


def _without(index: RuleIndex, tags: Tags, gone: Tags) -> Tags:
    """`gone` and all tags that would then lack what they require."""
    present = _present(index, tags)
    needs = {
        tag: [rule for rule in index.scope(tag).needs if _meets(rule, present)] for tag in tags & index.parent.keys()
    }
    if not any(needs.values()):
        return gone
    while True:
        present = _present(index, tags - gone)
        orphans = {tag for tag in needs.keys() - gone if not all(_meets(rule, present) for rule in needs[tag])}
        if not orphans:
            return gone
        gone |= orphans


def _meets(rule: Rule, present: Mapping[int, object]) -> bool:
    return any(other in present for other in rule.others)
