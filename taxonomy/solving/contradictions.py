"""What a whole rule set gets wrong, whatever people tag: each fault with the fewest rules that cause it.

- `impossible`: no legal set can hold the tag.
- `excluded`: a tag requires another one that can never stand beside it (the tag itself is possible).
- `cycle`: tags that require each other in a ring: each is useless without all the others.

The rules for all lines are looked at alone, then together with those of each business line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from taxonomy.solving import cycles
from taxonomy.solving.index import Node, Rule
from taxonomy.solving.witness import Ground, Search, Statutes, Unanswered

Fault = Literal["impossible", "excluded", "cycle"]
MOST = 100  # told at once; whoever has more mends these first


@dataclass(frozen=True, slots=True)
class Contradiction:
    fault: Fault
    tags: tuple[int, ...]  # the tag; the tag and what it requires; the tags of the ring in order
    rules: tuple[Rule, ...]  # leave any of them out and the fault is gone
    line: int | None = None  # the only business line that has it


def find(nodes: Iterable[Node], rules: Iterable[Rule], about: int | None = None) -> list[Contradiction]:
    """The first MOST contradictions; with `about` only those that the rule of that id has part in.

    A question the rules are too tangled for is left out (see witness.STEPS).
    Raises ValueError when a rule names an unknown tag.
    """
    hard = sorted((rule for rule in rules if rule.kind != "co_occurs"), key=lambda rule: rule.id)
    ground = Ground.of(nodes, hard)
    return list(islice(_everywhere(ground, hard, about), MOST))


def _everywhere(ground: Ground, rules: Sequence[Rule], about: int | None) -> Iterator[Contradiction]:
    told: set[tuple[Fault, tuple[int, ...]]] = set()
    lines = sorted({rule.line for rule in rules if rule.line is not None})
    for line in (None, *lines):
        held = [rule for rule in rules if rule.line is None or rule.line == line]
        for found in _Court(ground, held, line).faults(about):
            if (found.fault, found.tags) not in told:
                told.add((found.fault, found.tags))
                yield found


class _Court:
    """The rules of one business line, and what is known of the tags under them."""

    def __init__(self, ground: Ground, rules: Sequence[Rule], line: int | None) -> None:
        self.ground, self.rules, self.line = ground, rules, line
        self.statutes = Statutes(ground, rules)
        self.by_id = {rule.id: rule for rule in rules}
        self.possible: set[int] = set()
        self.hopeless: set[int] = set()  # tops of branches that no legal set holds

    def faults(self, about: int | None) -> Iterator[Contradiction]:
        for found in (*self._rings(), *self._impossible(), *self._excluded()):
            if about is None or any(rule.id == about for rule in found.rules):
                yield found

    def _rings(self) -> Iterator[Contradiction]:
        for ring in cycles.rings(self.rules, self.ground.path):
            yield Contradiction("cycle", tuple(rule.subject for rule in ring), tuple(ring), self.line)

    def _impossible(self) -> Iterator[Contradiction]:
        """Tags that no legal set holds; of an impossible branch only its top."""
        for node in self.ground.kept:
            path = self.ground.path(node)
            if not self._in_question(path) or self.hopeless.intersection(path):
                continue
            causes = self._causes(node)
            if causes:
                self.hopeless.add(node)
                yield Contradiction("impossible", (node,), causes, self.line)

    def _excluded(self) -> Iterator[Contradiction]:
        for rule in self.rules:
            if rule.kind != "requires":
                continue
            for other in dict.fromkeys(rule.others):
                if self.hopeless.intersection(self.ground.path(rule.subject) + self.ground.path(other)):
                    continue  # told as impossible
                causes = self._causes(rule.subject, other)
                if causes:
                    whole = {rule.id: rule} | {cause.id: cause for cause in causes}
                    named = tuple(whole[id] for id in sorted(whole))
                    yield Contradiction("excluded", (rule.subject, other), named, self.line)

    def _in_question(self, path: Sequence[int]) -> bool:
        """A tag alone breaks nothing, unless something is required of it, or it cannot be given itself."""
        return path[0] not in self.ground.assignable or any(node in self.statutes.needs for node in path)

    def _causes(self, *nodes: int) -> tuple[Rule, ...]:
        """The fewest rules that keep these from being in one legal set; empty when nothing does."""
        if len(nodes) == 1 and nodes[0] in self.possible:
            return ()
        search = Search(self.ground, self.statutes)
        if self._legal(search, nodes):
            self.possible.update(search.present)
            return ()
        kept = search.blamed
        for rule in sorted(kept, reverse=True):  # the newest goes first, so what stands long is told
            fewer = Search(self.ground, self.statutes, kept - {rule})
            if rule in kept and not self._legal(fewer, nodes):
                kept = fewer.blamed
        return tuple(self.by_id[id] for id in sorted(kept))

    def _legal(self, search: Search, nodes: Sequence[int]) -> bool:
        try:
            return search.run(nodes)
        except Unanswered:
            return True
