"""What the taxonomy would be with the edits of a change set: decides which edits may be made. Pure, no database.

    draft = Draft(published, lines={"search": 3})
    back = draft.apply("merge", {"tag": "kitten", "into": "cat"})    # the edits that take it back
    draft.node("kitten").state                                       # "merged"

It costs what the edits touch, not what the taxonomy holds: the version is built once a process (taxonomy.drafts) and
only looked up here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from taxonomy.drafting import rule_edits, tag_edits
from taxonomy.drafting.edits import EditRefused, Values, clean
from taxonomy.drafting.published import Published, RuleValue
from taxonomy.drafting.tag_edits import Inverse
from taxonomy.drafting.working_copy import WorkingCopy

Change = tuple[str, Values]  # operation and values


@dataclass(frozen=True)
class Problem:
    """An edit that was left out because the taxonomy cannot bear it; `place` counts the edits from 0."""

    place: int
    refused: EditRefused


class Draft(WorkingCopy):
    """A published version plus edits. `lines`: slugs of the business lines -> ids."""

    def __init__(self, base: Published, lines: Mapping[str, int] | None = None) -> None:
        super().__init__(base)
        self.lines = lines or {}

    def apply(self, op: str, values: Values) -> Inverse:
        """Make one edit and return the edits that take it back, the first one first.

        Raises EditRefused; then nothing is changed.
        """
        cleaned = clean(op, values)
        if op in tag_edits.EDITS:
            return tag_edits.EDITS[op](self, cleaned)
        return rule_edits.EDITS[op](self, cleaned, self.lines)

    def replay(self, changes: Iterable[Change]) -> list[Problem]:
        """Make the edits that can be made; what is left out is returned with its reason."""
        problems = []
        for place, (op, values) in enumerate(changes):
            try:
                self.apply(op, values)
            except EditRefused as refused:
                problems.append(Problem(place, refused))
        return problems

    def touched_tags(self) -> set[str]:
        """Tags that differ from the version in themselves: not those that only stand elsewhere among their siblings."""
        return {code for code, node in self.nodes.items() if node != self.base.node(code)}

    def touched_rules(self) -> list[RuleValue]:
        """Rules that are new, or say something else than in the version."""
        return [rule for key, rule in self.rules.items() if rule and rule != self.base.rules.get(key)]

    def odd_leaves(self, shallowest: int, deepest: int) -> Iterator[tuple[str, int]]:
        """Of what was touched: assignable leaves whose depth is outside the levels a site asks for."""
        seen: set[str] = set()
        for code in sorted(self.touched_tags()):
            node = self.find(code)
            if node is None or not node.category:
                continue
            above = self.depth(code) - 1
            for each, level in self.branch(code):
                if each not in seen and self._usable_leaf(each) and not shallowest <= above + level <= deepest:
                    seen.add(each)
                    yield each, above + level

    def _usable_leaf(self, code: str) -> bool:
        node: Any = self.node(code)
        return node.assignable and node.state in {"active", "draft"} and not self.live_children(code)
