"""The best selection of items of which some exclude each other and some need others, exact while it is affordable.

Most items are settled at once. What is left falls into parts; a loosely knit one is solved along a frontier, a tangled
one by branch and bound.
"""

from __future__ import annotations

from taxonomy.solving import frontier as rule_frontier
from taxonomy.solving.problem import Problem
from taxonomy.solving.search import Search

__all__ = ["BUDGET", "Problem", "solve"]

BUDGET = 10_000  # visited nodes; one to three seconds in CPython for 100 tangled items


def solve(problem: Problem, budget: int = BUDGET) -> tuple[int, bool]:
    """Return the mask of the best selection, and whether it is proven best (False: the budget ran out)."""
    taken, open_ = problem.settled()
    chosen = problem.selection(taken)
    for part in problem.parts(taken, open_):
        found = rule_frontier.best(problem, part, taken)
        if found is None:
            search = Search(problem, part, taken, budget)
            found, budget = search.run(), search.budget
        chosen |= found
    return chosen, budget > 0
