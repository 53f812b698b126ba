"""The candidates of each video that a cheap scorer leaves for a costly one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray

from ml.layers.multimodal_bert import Choices
from ml.ranking.candidates import CandidatePool
from ml.types import Array


class Rectangle(NamedTuple):
    """Candidates of some videos, padded."""

    place: NDArray[np.int64]  # (videos, candidates) of the pair in the pool, -1 = padding
    choices: Choices


@dataclass(frozen=True)
class Shortlist:
    """Pairs of a pool, and what is known of them without looking at their videos."""

    pool: CandidatePool
    kept: NDArray[np.int64]  # pairs, in the pool's order
    counts: NDArray[np.int64]  # of each video
    opinions: Array  # (pairs of the whole pool, opinions)

    @classmethod
    def of(cls, pool: CandidatePool, scores: Array, most: int, columns: Array) -> Self:
        """The `most` highest scores of each video; the score itself is the last opinion."""
        kept = best(pool, scores, most)
        counts = np.bincount(pool.video[kept], minlength=pool.videos)
        opinions = np.concatenate([columns, scores[:, None]], axis=1).astype(np.float32)
        return cls(pool, kept, counts, opinions)

    def blocks(self, size: int) -> Iterator[NDArray[np.int64]]:
        """Videos that have candidates, some at a time."""
        videos = np.flatnonzero(self.counts)
        for start in range(0, len(videos), size):
            yield videos[start : start + size]

    def rectangle(self, videos: NDArray[np.int64], device: str) -> Rectangle:
        """The candidates of videos that all have some."""
        starts = np.cumsum(self.counts) - self.counts
        place = np.full((len(videos), int(self.counts[videos].max())), -1, np.int64)
        for i, video in enumerate(videos):
            place[i, : self.counts[video]] = self.kept[starts[video] : starts[video] + self.counts[video]]
        there = place >= 0
        columns = torch.from_numpy(np.where(there, self.pool.column[place], 0)).to(device)
        opinions = np.where(there[..., None], self.opinions[place], 0.0).astype(np.float32)
        return Rectangle(place, Choices(columns, torch.from_numpy(opinions).to(device)))


def best(pool: CandidatePool, scores: Array, k: int) -> NDArray[np.int64]:
    """Pairs of the `k` highest scores of each video, in the pool's order; ties fall to the earlier tag."""
    order = np.lexsort((pool.column, -scores, pool.video))
    counts = np.bincount(pool.video, minlength=pool.videos)
    starts = np.cumsum(counts) - counts
    rank = np.arange(len(order)) - np.repeat(starts, counts)
    kept: NDArray[np.int64] = np.sort(order[rank < k])
    return kept
