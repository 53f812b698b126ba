"""Branch and bound over items that exclude and need each other.

Maximum-weight independent set with requirements is NP-hard. Reductions and splitting into components make most sets
small; a cover by weighted cliques (of mutually excluding items at most one is taken) bounds the rest, a greedy start
and a table of solved parts help it.
"""

from __future__ import annotations

from taxonomy.solving.masks import bits, union
from taxonomy.solving.problem import Problem

FEW = 12  # items up to which a search needs no start at all
MANY = 30  # items from which it is worth a careful one

Masks = tuple[int, ...]


class Search:
    """One run over a part of the items, beside others that are taken."""

    def __init__(self, problem: Problem, part: int, taken: int, budget: int) -> None:
        self.problem = problem
        worth = {i: problem.worth(i) for i in bits(part)}
        order = sorted(worth, key=worth.__getitem__, reverse=True)
        place = {i: 1 << k for k, i in enumerate(order)}  # the search numbers the items by falling worth

        def moved(mask: int) -> int:
            return sum([place[i] for i in bits(mask & part)])

        self.worth = [worth[i] for i in order]
        self.conflicts = [moved(problem.conflicts[i]) for i in order]
        self.needs = [[moved(mask) for mask in problem.needs[i] if not mask & taken] for i in order]
        self.budget = budget
        self.all = (1 << len(order)) - 1
        self.needed = [union(masks) for masks in self.needs]
        self.links = list(self.conflicts)  # items that must be decided together with i
        for i, mask in enumerate(self.needed):
            self.links[i] |= mask
            for j in bits(mask):
                self.links[j] |= 1 << i
        self.known: dict[tuple[int, Masks, int], tuple[int, bool]] = {}  # part -> (worth, exact) or (bound, False)

    def run(self) -> int:
        """The mask of the best selection."""
        reduced = self._reduce(self.all, 0, (), self.all)
        assert reduced is not None  # taking nothing is always allowed
        free, taken, due, total = reduced
        for part in self._components(free, due):
            start = self._start(part, taken) if part.bit_count() > FEW else -1
            found = self._branch(part, taken, tuple(mask for mask in due if mask & part), start)
            total += max(start, 0) if found is None else found
        return self.problem.selection(total)

    def _start(self, free: int, taken: int) -> int:
        """A good legal selection to begin with: for many items, the best of one greedy choice after each first item."""
        starts = [self._greedy(free, taken)]
        if free.bit_count() > MANY:
            for i in bits(free):
                if all(mask & taken for mask in self.needs[i]):
                    rest = free & ~(1 << i) & ~self.conflicts[i]
                    starts.append(self.worth[i] + self._greedy(rest, taken | 1 << i))
        return max(starts)

    def _greedy(self, free: int, taken: int) -> int:
        """A legal selection that is often good: what gives most for what it excludes, one after another."""
        gained = 0
        while True:
            open_ = [i for i in bits(free) if all(mask & taken for mask in self.needs[i])]
            if not open_:
                return gained
            i = max(open_, key=lambda i: self.worth[i] // (1 + (self.conflicts[i] & free).bit_count()))
            gained += self.worth[i]
            taken |= 1 << i
            free &= ~(1 << i) & ~self.conflicts[i]

    def best(self, free: int, taken: int, due: Masks, floor: int, look: int) -> int | None:
        """The greatest worth that `free` items can add to `taken`; None where impossible or not above `floor`.

        `due`: masks of which one item each must still be taken, because a taken item needs it. `look`: the free items
        whose neighbours were decided since they were last looked at.
        """
        self.budget -= 1
        reduced = self._reduce(free, taken, due, look)
        if reduced is None:
            return None
        free, taken, due, gained = reduced
        if not free:
            return gained if gained > floor else None
        if self.budget <= 0:
            # Out of budget: give up what needs a search of its own, take the rest greedily.
            total = 0 if due else gained + self._greedy(free, taken)
            return total if total > floor else None
        parts = self._components(free, due)
        bounds = [self._cover(part)[0] for part in parts] if len(parts) > 1 else [0]
        hope = gained + sum(bounds)
        for part, bound in zip(parts, bounds, strict=True):
            within = tuple(mask for mask in due if mask & part)
            added = self._part(part, taken, within, floor - (hope - bound))
            if added is None:
                return None
            hope += added - bound
        return hope

    def _part(self, free: int, taken: int, due: Masks, floor: int) -> int | None:
        """One component, looked up when it was met before."""
        outside = 0
        for i in bits(free):
            outside |= self.needed[i]
        key = (free, due, outside & taken)
        worth, exact = self.known.get(key, (-1, False))
        if exact:
            return worth if worth > floor else None
        if 0 <= worth <= floor:
            return None
        found = self._branch(free, taken, due, floor)
        if self.budget > 0:
            self.known[key] = (max(floor, 0), False) if found is None else (found, True)
        return found

    def _branch(self, free: int, taken: int, due: Masks, floor: int) -> int | None:
        """With and without one item of those of which any selection above `floor` has at least one."""
        if not any(self.conflicts[i] & free for i in bits(free)):
            total = sum(self.worth[i] for i in bits(free))  # nothing excludes anything: all can be taken
            return total if total > floor else None
        open_ = self._cover(free, floor)[1]
        if not open_:
            return None
        item = max(bits(open_), key=lambda i: ((self.conflicts[i] & free).bit_count(), self.worth[i]))
        bit, rivals = 1 << item, self.conflicts[item] & free
        pending = tuple(mask for mask in self.needs[item] if not mask & taken)
        touched = self.links[item] | union([self.links[j] for j in bits(rivals)]) | union(due + pending)
        rest = free & ~bit & ~rivals
        within = self.best(rest, taken | bit, due + pending, floor - self.worth[item], touched & rest)
        if within is not None:
            within += self.worth[item]
            floor = max(floor, within)
        rest = free & ~bit
        without = self.best(rest, taken, due, floor, (self.links[item] | union(due)) & rest)
        if within is None or without is None:
            return within if without is None else without
        return max(within, without)

    def _reduce(self, free: int, taken: int, due: Masks, look: int) -> tuple[int, int, Masks, int] | None:
        """Decide what needs no search, looking at the items `look` first and then at those that a decision touches.

        Returns free, taken and due as they are then, and the worth gained; None: some due mask cannot be met.
        """
        gained = 0
        while True:
            if not look:
                due = tuple(mask & free for mask in due if not mask & taken)
                if not all(due):
                    return None
                look = union([mask for mask in due if not mask & (mask - 1)])  # the last hope of a taken item
                if not look:
                    return free, taken, due, gained
            bit = look & -look
            look ^= bit
            if not free & bit:
                continue
            i = bit.bit_length() - 1
            if self.needs[i] and not all(mask & (taken | free) for mask in self.needs[i]):
                free ^= bit
                look |= self.links[i]
            elif bit in due or self._surely(i, free, taken, due):
                rivals = self.conflicts[i] & free
                taken |= bit
                free &= ~(bit | rivals)
                gained += self.worth[i]
                due += tuple(mask for mask in self.needs[i] if not mask & taken)
                look |= self.links[i] | union([self.links[j] for j in bits(rivals)])

    def _surely(self, i: int, free: int, taken: int, due: Masks) -> bool:
        """Whether some best selection takes item i: it lacks nothing and outweighs all it excludes."""
        if self.needs[i] and not all(mask & taken for mask in self.needs[i]):
            return False
        rivals = self.conflicts[i] & free
        if not rivals:
            return True
        if rivals.bit_count() > 8:  # many rivals are hardly ever outweighed: not worth the look
            return False
        return self.worth[i] > self._cover(rivals)[0] and not self._wanted(rivals, free, taken, due)

    def _wanted(self, items: int, free: int, taken: int, due: Masks) -> bool:
        """Whether another item may need one of these: dropping it then costs more than its own worth."""
        if any(mask & items for mask in due):
            return True
        users = union([self.links[i] & ~self.conflicts[i] for i in bits(items)]) & free
        return any(mask & items and not mask & taken for i in bits(users) for mask in self.needs[i])

    def _cover(self, free: int, limit: int | None = None) -> tuple[int, int]:
        """What any legal selection of `free` is worth at most, by covering its worth with cliques of the conflicts.

        Of a clique at most one item is taken. With a `limit` the cover stops there, and the second value has the items
        that it does not reach: a selection above the limit takes one of them.
        """
        total = 0
        rest = {i: self.worth[i] for i in bits(free)}
        while free:
            clique, common = [], free
            while common:
                i = (common & -common).bit_length() - 1
                clique.append(i)
                common &= self.conflicts[i]
            share = min(rest[i] for i in clique)
            if limit is not None and total + share > limit:
                return total, free
            total += share
            for i in clique:
                rest[i] -= share
                if not rest[i]:
                    del rest[i]
                    free ^= 1 << i
        return total, 0

    def _components(self, free: int, due: Masks) -> list[int]:
        """Split `free` into parts that do not influence each other."""
        parts = []
        while free:
            part = edge = free & -free
            while edge:
                reach = union([self.links[i] for i in bits(edge)])
                reach |= union([mask for mask in due if mask & edge])
                edge = reach & free & ~part
                part |= edge
            parts.append(part)
            free &= ~part
        return parts
