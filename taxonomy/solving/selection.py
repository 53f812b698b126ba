"""The best legal set of scored tags, and why each other tag is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from taxonomy.solving import solver as rule_solver
from taxonomy.solving.index import Rule, RuleIndex, Scope
from taxonomy.solving.masks import bits, union

SCALE = 10**9  # scores are whole numbers of billionths, so that sums do not depend on their order


@dataclass(frozen=True, slots=True)
class Removal:
    """Why a tag is not in the selection. Without a rule, the tag is unknown or not assignable.

    `because_of`: the selected tags that exclude it, or the nodes of which one would have to be present.
    """

    rule: Rule | None = None
    because_of: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Selection:
    """The chosen tags (the original ids) and a reason for each one left out."""

    tags: frozenset[int]
    removed: Mapping[int, Removal]
    exact: bool = True  # False: too tangled to prove that no better set exists; it breaks no rule all the same


def best(index: RuleIndex, scores: Mapping[int, float], fixed: frozenset[int]) -> Selection:
    """See RuleBook.best."""
    candidates, chosen, exact = _solved(index, scores, fixed)
    asked = scores.keys() | fixed
    removed = {tag: Removal() for tag in asked - index.assignable}
    removed.update(candidates.removals(chosen))
    return Selection(frozenset(asked - removed.keys()), removed, exact)


def best_tags(index: RuleIndex, scores: Mapping[int, float]) -> frozenset[int]:
    """See RuleBook.best_tags."""
    candidates, chosen, _exact = _solved(index, scores, frozenset())
    return frozenset([candidates.tags[i] for i in bits(chosen)])


def _solved(index: RuleIndex, scores: Mapping[int, float], fixed: frozenset[int]) -> tuple[_Candidates, int, bool]:
    """The candidates, the mask of the best legal set, whether it is proven best."""
    for tag, score in scores.items():
        if not 0 <= score < inf:
            raise ValueError(f"the score {score} of tag {tag} is not a number of at least 0")
    candidates = _Candidates(index, sorted((scores.keys() | fixed) & index.assignable, reverse=True))
    chosen, exact = candidates.choose(scores, fixed)
    return candidates, chosen if exact else candidates.fill(chosen), exact


class _Candidates:
    """The candidates as bits, the smallest tag id highest: of equal sets the solver prefers the higher mask."""

    def __init__(self, index: RuleIndex, tags: list[int]) -> None:
        self.index = index
        self.tags = tags
        self.bit = {tag: 1 << i for i, tag in enumerate(tags)}
        self.scopes: list[Scope] = [index.scope(tag) for tag in tags]
        self.present: dict[int, int] = {}  # node that rules speak of -> the candidates of its branch
        for i, scope in enumerate(self.scopes):
            for node in scope.named:
                self.present[node] = self.present.get(node, 0) | 1 << i
        self.conflicts = [self._excluded(scope) if scope.excluded or scope.around else 0 for scope in self.scopes]
        self.needs = [self._needed(scope) if scope.needs else [] for scope in self.scopes]

    def _excluded(self, scope: Scope) -> int:
        mask = self._any(scope.excluded)
        for outer, inner, _ in scope.around:
            mask |= self._rest(outer, inner)
        return mask

    def _needed(self, scope: Scope) -> list[int]:
        return [self._any(rule.others) for rule in scope.needs]

    def _rest(self, outer: int, inner: int) -> int:
        """The candidates of the outer branch that are neither of the inner one nor its ancestors."""
        mask = self.present[outer] & ~self.present[inner]
        for node in self.index.path(inner) if mask else ():
            mask &= ~self.bit.get(node, 0)
        return mask

    def _any(self, nodes: Iterable[int]) -> int:
        mask = 0
        for node in nodes:
            mask |= self.present.get(node, 0)
        return mask

    def choose(self, scores: Mapping[int, float], fixed: frozenset[int]) -> tuple[int, bool]:
        """The mask of the best legal set, and whether it is proven best.

        A co-occurrence becomes one more item: worth the rule's weight, needing both sides.
        """
        pairs = self._co_occurrences()
        values = [round(scores.get(tag, 0.0) * SCALE) for tag in self.tags] + [weight for _, _, weight in pairs]
        most = sum(values) + 1
        for i, tag in enumerate(self.tags if fixed else ()):
            if tag in fixed:
                values[i] += most
        conflicts = self.conflicts + [0] * len(pairs)
        needs = self.needs + [[left, right] for left, right, _ in pairs]
        return rule_solver.solve(rule_solver.Problem(values, conflicts, needs, named=len(self.tags)))

    def _co_occurrences(self) -> list[tuple[int, int, int]]:
        """(candidates of the one side, of the other side, weight) of each soft rule that can come true."""
        return [
            (self.present[node], self.present[other], round(rule.weight * SCALE))
            for node in self.present.keys() & self.index.favours.keys()
            for rule in self.index.favours[node]
            for other in dict.fromkeys(rule.others)
            if other in self.present
        ]

    def fill(self, chosen: int) -> int:
        """Add what is legal beside the chosen tags, so that each tag left out has its reason."""
        before = -1
        while before != chosen:
            before = chosen
            for i in reversed(range(len(self.tags))):
                if not self.conflicts[i] & chosen and all(mask & chosen for mask in self.needs[i]):
                    chosen |= 1 << i
        return chosen

    def removals(self, chosen: int) -> dict[int, Removal]:
        left = ((1 << len(self.tags)) - 1) ^ chosen
        return {self.tags[i]: self._removal(i, chosen) for i in bits(left)}

    def _removal(self, i: int, chosen: int) -> Removal:
        """The rule that keeps the candidate out: the exclusion with the lowest id, else the requirement."""
        scope, against = self.scopes[i], self.conflicts[i] & chosen
        if not against:
            rule = next(rule for rule, mask in zip(scope.needs, self.needs[i], strict=True) if not mask & chosen)
            return Removal(rule, frozenset(rule.others))
        reasons = [(rule, self.present.get(node, 0) & against) for node, rule in scope.excluded.items()]
        reasons += [(rule, self._rest(outer, inner) & against) for outer, inner, rule in scope.around]
        hits = [(rule, hit) for rule, hit in reasons if hit]
        first = min(hits, key=lambda hit: hit[0].id)[0]
        excluding = union([hit for rule, hit in hits if rule == first])
        return Removal(first, frozenset([self.tags[j] for j in bits(excluding)]))
