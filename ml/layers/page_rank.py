"""Personalised PageRank over a small weighted graph (Page et al. 1999, section 6), and the best path to a node."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True)
class WalkConfig:
    """A walker goes on with probability `going_on`, else begins again at a seed."""

    going_on: float = 0.5
    steps: int = 20
    fan_out: int = 20  # strongest links of a node that are walked
    hub: float = 99.5  # percentile of degrees beyond which a node is not walked through: it leads everywhere


class Walk:
    """Walks over links (nodes, nodes), the weight of the link from row to column."""

    def __init__(self, links: sparse.csr_matrix, config: WalkConfig) -> None:
        self.config = config
        self.links = pruned(sparse.csr_matrix(links, dtype=np.float64), config)

    @cached_property
    def moves(self) -> sparse.csr_matrix:
        """Probability of each move; the rows of dead ends are empty."""
        total = np.asarray(self.links.sum(axis=1)).ravel()
        return sparse.csr_matrix(sparse.diags_array(1 / np.where(total > 0, total, 1)) @ self.links)

    def visits(self, seeds: NDArray[Any]) -> NDArray[np.float64]:
        """(walks, nodes) share of time spent at each node; seeds (walks, nodes) weights of where walks begin.

        A walker at a dead end begins again; a walk without seeds visits nothing.
        """
        total = seeds.sum(axis=1, keepdims=True)
        start = np.divide(seeds, total, out=np.zeros(seeds.shape), where=total > 0)
        here = start
        for _ in range(self.config.steps):
            moved = self.config.going_on * np.asarray((self.moves.T @ here.T).T)
            here = moved + start * (start.sum(axis=1) - moved.sum(axis=1))[:, None]
        return here

    def path(self, seeds: NDArray[np.int64], goal: int, longest: int = 4) -> list[int]:
        """The likeliest way from one of the seeds to the goal, both included; empty when there is none."""
        best: dict[int, float] = {}
        queue = [(0.0, 1, [int(seed)]) for seed in seeds]  # of equally likely ways the shorter one
        while queue:
            cost, length, path = heapq.heappop(queue)
            node = path[-1]
            if node == goal:
                return path
            if best.get(node, np.inf) <= cost or length > longest:
                continue
            best[node] = cost
            begin, end = self.moves.indptr[node : node + 2]
            for following, share in zip(self.moves.indices[begin:end], self.moves.data[begin:end], strict=True):
                heapq.heappush(queue, (cost - float(np.log(share)), length + 1, [*path, int(following)]))
        return []


def pruned(links: sparse.csr_matrix, config: WalkConfig) -> sparse.csr_matrix:
    links.setdiag(0)
    links.eliminate_zeros()
    degree = np.diff(links.indptr)
    most = np.percentile(degree, config.hub) if len(degree) else 0
    rows, columns, values = [], [], []
    for node in np.flatnonzero((degree > 0) & ((degree <= most) | (degree <= config.fan_out))).tolist():
        begin, end = links.indptr[node : node + 2]
        strongest = np.lexsort((links.indices[begin:end], -links.data[begin:end]))[: config.fan_out]
        rows += [node] * len(strongest)
        columns += links.indices[begin:end][strongest].tolist()
        values += links.data[begin:end][strongest].tolist()
    return sparse.csr_matrix((values, (rows, columns)), shape=links.shape)
