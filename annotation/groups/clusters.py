"""Which clips form a group. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Pair = tuple[int, int, float]  # two videos and how alike they are, 0 to 1


@dataclass(frozen=True)
class Cluster:
    """Videos around the first one, the most alike first."""

    videos: tuple[int, ...]
    likeness: float  # of the last one to the first


def clusters(pairs: Iterable[Pair], *, most: int) -> list[Cluster]:
    """Groups of at least two, at most `most` videos, each in one group; the largest group first.

    Each member is like the first one: were it enough to be like any other member (single linkage), clips that have
    nothing in common would meet over a chain of small steps. The video with the most neighbours gathers first, ties by
    id, so that the same pairs always give the same groups.
    """
    near: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for a, b, likeness in pairs:
        if a != b:
            near[a][b] = near[b][a] = max(likeness, near[a].get(b, 0.0))
    taken: set[int] = set()
    found: list[Cluster] = []
    for first in sorted(near, key=lambda video: (-len(near[video]), video)):
        free = {other: likeness for other, likeness in near[first].items() if other not in taken}
        if first in taken or not free:
            continue
        members = sorted(free, key=lambda other: (-free[other], other))[: most - 1]
        taken.update((first, *members))
        found.append(Cluster((first, *members), free[members[-1]]))
    return sorted(found, key=lambda cluster: (-len(cluster.videos), cluster.videos[0]))
