"""The best selection of a loosely knit part, by dynamic programming along a frontier.

The items are decided one after another, neighbours first. Of a selection so far only that matters which touches an item
still to come, so of all that agree there the best one is kept (Bertele and Brioschi 1972, "Nonserial dynamic
programming"). The cost grows with the width of the frontier, not with the number of items: under real rules a few
states an item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taxonomy.solving.masks import bits
from taxonomy.solving.problem import Problem

MOST_STATES = 4096  # some ten milliseconds; beyond, branch and bound does better

States = dict[int, int]  # what matters of the decided items -> worth of the best selection that leaves that


@dataclass(frozen=True, slots=True)
class Need:
    """One need of one item; `flag` is its bit in a state, above those of the items.

    While the owner is open the flag says that a member is taken; from then on, that the owner waits for one.
    """

    flag: int
    owner: int
    span: int  # the owner and the members, of which it needs one


def best(problem: Problem, part: int, taken: int) -> int | None:
    """The mask of the best selection of `part` beside `taken`; None when it is too tangled for this way."""
    needs = _needs(problem, part, taken)
    states: States = {0: 0}
    left = part
    for i in _order(problem.conflicts, needs, part):
        left ^= 1 << i
        states = _decided(problem, states, i, needs.get(i, ()), part, left)
        if len(states) > MOST_STATES:
            return None
    return problem.selection(states[0])


def _needs(problem: Problem, part: int, taken: int) -> dict[int, list[Need]]:
    """The needs that touch each item: its own and those that it may meet."""
    touching: dict[int, list[Need]] = {}
    flag = 1 << len(problem.values)
    for i in bits(part):
        for mask in problem.needs[i]:
            if not mask & taken:
                need = Need(flag, 1 << i, mask & part | 1 << i)
                flag <<= 1
                for j in bits(need.span):
                    touching.setdefault(j, []).append(need)
    return touching


def _order(conflicts: Sequence[int], needs: dict[int, list[Need]], part: int) -> Iterator[int]:
    """The items in an order that keeps the frontier narrow: always the neighbour that widens it least."""

    def growth(i: int) -> int:
        rest = left ^ 1 << i
        change = 1 if conflicts[i] & rest else 0
        for j in bits(conflicts[i] & part & ~left):
            change -= not conflicts[j] & rest
        for need in needs.get(i, ()):
            change += (1 if need.span & rest else 0) - (1 if need.span & ~left else 0)
        return change

    left, near = part, 0
    while left:
        i = min(bits(near & left or left), key=growth)
        yield i
        left ^= 1 << i
        near |= conflicts[i]
        for need in needs.get(i, ()):
            near |= need.span


def _decided(problem: Problem, states: States, i: int, needs: Sequence[Need], part: int, left: int) -> States:
    """The states after item i, of which `left` are still to come."""
    bit, gain, rivals = 1 << i, problem.worth(i), problem.conflicts[i]
    own = sum([need.flag for need in needs if need.owner == bit])
    met = sum([need.flag for need in needs if need.owner & left])
    waits = sum([need.flag for need in needs if not need.owner & (left | bit)])
    closing = sum([need.flag for need in needs if not need.span & left])
    passed = sum([1 << j for j in bits((rivals | bit) & part & ~left) if not problem.conflicts[j] & left])
    after: States = {}
    for state, worth in states.items():
        without = state & ~own
        if not without & closing:
            without &= ~passed
            if after.get(without, -1) < worth:
                after[without] = worth
        if not state & rivals:
            within = ((state ^ own) | met | bit) & ~waits
            if not within & closing:
                within &= ~passed
                if after.get(within, -1) < worth + gain:
                    after[within] = worth + gain
    return after
