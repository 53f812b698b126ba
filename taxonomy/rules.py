"""What may stand together: the rule book of one taxonomy version, pure and compiled.

A tag implies its ancestors: they need not be stored, and a node is *present* in a set when the set holds a tag of its
branch (the node or any descendant). Every rule speaks of presence, so a rule on a category holds for its whole branch:

- `excludes`: the subject and any of the others are never present together. Of two nested branches, the rule separates
  the inner one from the rest of the outer one. A branch does not exclude itself.
- `at_most_one_child`: at most one child of the subject is present.
- `requires`: when the subject is present, at least one of the others is. (Needing several at once is several rules.)
- `co_occurs`: soft; where the subject and one of the others are present, `weight` is added to the score of the set.

static/js/rules.js does the same in the browser; tests/taxonomy/rule_vectors.json binds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from taxonomy.solving import conflicts as rule_conflicts
from taxonomy.solving import selection
from taxonomy.solving.conflicts import Conflict, Repair
from taxonomy.solving.index import Kind, Node, Rule, RuleIndex
from taxonomy.solving.selection import Removal, Selection

__all__ = ["Conflict", "Kind", "Node", "Removal", "Repair", "Rule", "RuleBook", "Selection"]


class RuleBook:
    """All rules of one taxonomy version that hold for one business line; checks and repairs sets of tags."""

    def __init__(self, index: RuleIndex) -> None:
        self._index = index

    @classmethod
    def compile(cls, nodes: Iterable[Node], rules: Iterable[Rule], line: int | None = None) -> RuleBook:
        """Compile the global rules and those of business line `line`.

        Raises ValueError when a node's parent or a rule's tag is unknown, the tree has a cycle, a weight is negative.
        """
        return cls(RuleIndex.compile(nodes, [rule for rule in rules if rule.line is None or rule.line == line]))

    def __contains__(self, tag: int) -> bool:
        """Whether the tag is known."""
        return tag in self._index.parent

    def assignable(self, tag: int) -> bool:
        """Whether the tag is known and may be given to a video."""
        return tag in self._index.assignable

    def path(self, tag: int) -> tuple[int, ...]:
        """The tag and its ancestors, the root last. Raises KeyError for an unknown tag."""
        return self._index.path(tag)

    def rules_about(self, tag: int) -> list[Rule]:
        """The rules that speak of the tag or of one of its ancestors, in the order of their ids."""
        return self._index.rules_about(tag)

    def conflicts(self, tags: Iterable[int]) -> list[Conflict]:
        """What is wrong with the set, each with its repairs; empty means it may be stored.

        A repair solves its conflict and never causes another one.
        """
        return rule_conflicts.find(self._index, frozenset(tags))

    def best(self, scores: Mapping[int, float], fixed: Iterable[int] = ()) -> Selection:
        """The set of scored and fixed tags that breaks no rule and has the greatest sum of scores and co-occurrences.

        Exact, not greedy (`Selection.exact` tells when an input was too tangled to prove it). Scores are compared to
        nine decimals; of equal sets the one wins that holds the smallest tag id in which they differ. `fixed` tags
        count more than all scores together: one leaves only where the fixed tags contradict each other. Tags that a
        rule requires are never invented: a tag leaves when what it needs is neither scored nor fixed.
        Raises ValueError for a score that is negative or not finite.
        """
        return selection.best(self._index, scores, frozenset(fixed))

    def best_tags(self, scores: Mapping[int, float]) -> frozenset[int]:
        """The tags of `best` alone, for callers who do not ask why the others left."""
        return selection.best_tags(self._index, scores)
