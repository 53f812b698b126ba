"""What is solved: items of which some exclude each other and some need others. Nothing here knows about tags.

Sets of items are bit masks, so that a step costs a few integer operations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taxonomy.solving.masks import bits, union


@dataclass(frozen=True)
class Problem:
    """Item i is worth `values[i] >= 0`, excludes the items `conflicts[i]` and needs one of each mask in `needs[i]`.

    Conflicts are symmetric and no item excludes or needs itself. The first `named` items are what is chosen among; the
    others, which nothing needs or excludes, are premiums on them. Between selections of equal value the one with the
    higher mask of named items wins, so the solution is unique.
    """

    values: Sequence[int]
    conflicts: Sequence[int]
    needs: Sequence[Sequence[int]]
    named: int

    def worth(self, i: int) -> int:
        """`value << named | own bit`: sums of selections are never equal, and their low bits name the selection."""
        return self.values[i] << self.named | (1 << i if i < self.named else 0)

    def selection(self, worth: int) -> int:
        """The mask of the named items that add up to this worth."""
        return worth & ((1 << self.named) - 1)

    def settled(self) -> tuple[int, int]:
        """(taken, open): what the best selection surely has, and what must be decided. The others have no chance.

        Most items are settled: nothing excludes them, they outweigh what does, or what they need is not there.
        """
        tied = [i for i, mask in enumerate(self.conflicts) if mask or self.needs[i]]
        look = open_ = sum([1 << i for i in tied])
        taken = ((1 << len(self.values)) - 1) ^ open_
        links = self._links(taken, open_)
        wanted = union([mask for i in tied for mask in self.needs[i]])
        while look:
            bit = look & -look
            look ^= bit
            if not open_ & bit:
                continue
            i = bit.bit_length() - 1
            rivals = self.conflicts[i] & open_
            if not all(mask & (taken | open_) for mask in self.needs[i]):
                open_ ^= bit
            elif all(mask & taken for mask in self.needs[i]) and not (
                rivals and (rivals & wanted or self.worth(i) < sum([self.worth(j) for j in bits(rivals)]))
            ):
                open_ ^= bit | rivals
                taken |= bit
                look |= union([links[j] for j in bits(rivals)])
            else:
                continue
            look |= links[i]
        return taken, open_

    def parts(self, taken: int, open_: int) -> Iterator[int]:
        """Split the open items into parts that do not influence each other."""
        links = self._links(taken, open_)
        while open_:
            part = edge = open_ & -open_
            while edge:
                edge = union([links[i] for i in bits(edge)]) & open_ & ~part
                part |= edge
            yield part
            open_ ^= part

    def _links(self, taken: int, open_: int) -> dict[int, int]:
        """Of each open item those that must be decided together with it."""
        links = {i: self.conflicts[i] & open_ for i in bits(open_)}
        for i in links:
            if self.needs[i]:
                needed = union([mask for mask in self.needs[i] if not mask & taken]) & open_
                links[i] |= needed
                for j in bits(needed):
                    links[j] |= 1 << i
        return links
