"""The best selection of items of which some exclude each other and some need others, exact while it is affordable.

Sets of items are bit masks, so that a step of the search costs a few integer operations. Nothing here knows about tags.
"""

from __future__ import annotations

from taxonomy.rule_search import Problem, Search

__all__ = ["BUDGET", "Problem", "solve"]

BUDGET = 10_000  # visited nodes; one to three seconds in CPython for 100 tangled items


def solve(problem: Problem, budget: int = BUDGET) -> tuple[int, bool]:
    """Return the mask of the best selection, and whether it is proven best (False: the budget ran out)."""
    taken = _settled(problem)
    search = Search(problem, taken, budget)
    best = search.run()
    return taken | best & ((1 << len(problem.values)) - 1), search.budget > 0


def _settled(problem: Problem) -> int:
    """The items that nothing excludes and that need nothing but such items: most of them, as a rule."""
    before = -1
    taken = sum(1 << i for i, mask in enumerate(problem.conflicts) if not mask and not problem.needs[i])
    while taken != before:
        before = taken
        for i, masks in enumerate(problem.needs):
            if masks and not problem.conflicts[i] and all(mask & taken for mask in masks):
                taken |= 1 << i
    return taken
