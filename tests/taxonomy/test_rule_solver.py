"""Both ways to the best selection, the frontier and branch and bound, against all selections there are."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.solving import frontier as rule_frontier
from taxonomy.solving import solver
from taxonomy.solving.masks import bits
from taxonomy.solving.problem import Problem
from taxonomy.solving.search import Search


@st.composite
def problems(draw, size: int = 8, premiums: int = 3) -> Problem:
    """Items that exclude and need each other, then premiums that need two sides; values often equal."""
    conflicts = [0] * (size + premiums)
    for i, j in draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=12)):
        if i != j:
            conflicts[i] |= 1 << j
            conflicts[j] |= 1 << i
    needs: list[list[int]] = [[] for _ in range(size + premiums)]
    mask = st.integers(0, (1 << size) - 1)
    for i, other in draw(st.lists(st.tuples(st.integers(0, size - 1), mask), max_size=5)):
        needs[i].append(other & ~(1 << i))
    for i in range(size, size + premiums):
        needs[i] = [draw(mask), draw(mask)]
    values = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    return Problem(values + [1] * premiums, conflicts, needs, size)


def best_of_all(problem: Problem) -> int:
    legal = [mask for mask in range(1 << problem.named) if is_legal(problem, mask)]
    return max(legal, key=lambda mask: (value(problem, mask), mask))


def is_legal(problem: Problem, chosen: int) -> bool:
    return not any(
        problem.conflicts[i] & chosen or not all(mask & chosen for mask in problem.needs[i]) for i in bits(chosen)
    )


def value(problem: Problem, chosen: int) -> int:
    premiums = range(problem.named, len(problem.values))
    met = [i for i in premiums if all(mask & chosen for mask in problem.needs[i])]
    return sum(problem.values[i] for i in (*bits(chosen), *met))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(problems())
def test_no_selection_is_better(problem):
    assert solver.solve(problem) == (best_of_all(problem), True)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(problems())
def test_both_ways_solve_the_whole_without_any_help(problem):
    everything = (1 << len(problem.values)) - 1

    assert rule_frontier.best(problem, everything, 0) == best_of_all(problem)
    assert Search(problem, everything, 0, solver.BUDGET).run() == best_of_all(problem)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(problems())
def test_what_is_settled_is_in_the_best_selection_and_what_is_dropped_is_not(problem):
    taken, open_ = problem.settled()

    best = best_of_all(problem)

    assert problem.selection(taken) & ~best == 0
    assert best & ~(taken | open_) == 0


@pytest.mark.parametrize("density", [0.02, 0.05, 0.1])
def test_both_ways_agree_on_forty_items(density):
    rng = random.Random(3)
    conflicts, needs = [0] * 40, [[] for _ in range(40)]
    for i in range(40):
        for j in range(i):
            if rng.random() < density:
                conflicts[i] |= 1 << j
                conflicts[j] |= 1 << i
        if rng.random() < 0.2:
            needs[i].append(sum(1 << j for j in rng.sample([j for j in range(40) if j != i], 3)))
    problem = Problem([rng.randrange(10**9) for _ in range(40)], conflicts, needs, 40)
    everything = (1 << 40) - 1

    found = rule_frontier.best(problem, everything, 0)

    assert found == Search(problem, everything, 0, 10**6).run()
    assert found == solver.solve(problem)[0]


def test_a_tangle_is_left_to_branch_and_bound():
    rng = random.Random(1)
    conflicts = [0] * 100
    for i in range(100):
        for j in range(i):
            if rng.random() < 0.2:
                conflicts[i] |= 1 << j
                conflicts[j] |= 1 << i
    problem = Problem([1] * 100, conflicts, [[]] * 100, 100)

    assert rule_frontier.best(problem, (1 << 100) - 1, 0) is None
    assert is_legal(problem, solver.solve(problem, budget=50)[0])
