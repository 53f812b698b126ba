"""The union of what all recallers propose for many videos, as arrays over (video, tag) pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.types import NO_EVIDENCE, Array, Candidate, Evidence, Vocabulary

SIMILAR_SHOWN = 5


@dataclass(frozen=True)
class CandidatePool:
    """Pairs are ordered by video, then by tag column."""

    recallers: tuple[str, ...]
    videos: int  # how many there are, those without a candidate included
    video: NDArray[np.int64]  # (pairs,) row of the video
    column: NDArray[np.int64]  # (pairs,) column of the tag
    scores: Array  # (pairs, recallers), NaN where that recaller did not propose the tag
    evidence: tuple[Evidence, ...]  # one a pair

    @classmethod
    def union(cls, answers: Mapping[str, Sequence[Sequence[Candidate]]], vocabulary: Vocabulary) -> CandidatePool:
        """From each recaller's answers for the same videos."""
        names, column, width = tuple(answers), vocabulary.column, len(vocabulary)
        videos = max((len(answer) for answer in answers.values()), default=0)
        keys, told, reasons, counts = [], [], [], []
        for answer in answers.values():
            found = [(row * width, candidate) for row, candidates in enumerate(answer) for candidate in candidates]
            keys += [start + column[candidate.tag] for start, candidate in found]
            told += [candidate.score for _, candidate in found]
            reasons += [candidate.evidence for _, candidate in found]
            counts.append(len(found))
        pairs, place = np.unique(np.array(keys, dtype=np.int64), return_inverse=True)
        scores = np.full((len(pairs), len(names)), np.nan, dtype=np.float32)
        scores[place, np.repeat(np.arange(len(names)), counts)] = told
        evidence = [NO_EVIDENCE] * len(pairs)
        for i, reason in zip(place.tolist(), reasons, strict=True):
            if reason is not NO_EVIDENCE:
                evidence[i] = reason if evidence[i] is NO_EVIDENCE else _merged(evidence[i], reason)
        return cls(names, videos, pairs // max(width, 1), pairs % max(width, 1), scores, tuple(evidence))

    def __len__(self) -> int:
        return len(self.video)

    def where(self, kept: NDArray[np.bool_]) -> CandidatePool:
        """Only these pairs."""
        evidence = tuple(e for e, keep in zip(self.evidence, kept, strict=True) if keep)
        return CandidatePool(
            self.recallers, self.videos, self.video[kept], self.column[kept], self.scores[kept], evidence
        )

    def of(self, rows: Sequence[int]) -> CandidatePool:
        """The candidates of these videos, renumbered in the order of `rows`."""
        new = np.full(self.videos, -1, dtype=np.int64)
        new[list(rows)] = np.arange(len(rows))
        part = self.where(new[self.video] >= 0)
        order = np.lexsort((part.column, new[part.video]))
        evidence = tuple(part.evidence[i] for i in order)
        video, column = new[part.video][order], part.column[order]
        return CandidatePool(self.recallers, len(rows), video, column, part.scores[order], evidence)

    def joined(self, other: CandidatePool) -> CandidatePool:
        """These videos followed by others that the same recallers answered for."""
        video = np.concatenate([self.video, other.video + self.videos])
        column = np.concatenate([self.column, other.column])
        scores = np.concatenate([self.scores, other.scores])
        evidence = self.evidence + other.evidence
        return CandidatePool(self.recallers, self.videos + other.videos, video, column, scores, evidence)

    def matrix(self, tags: int) -> sparse.csr_matrix:
        """(videos, tags), 1 at each pair."""
        ones = np.ones(len(self), np.float32)
        return sparse.csr_matrix((ones, (self.video, self.column)), shape=(self.videos, tags))

    def opinions(self) -> Array:
        """(pairs, 2 * recallers + 1): whether each recaller proposed the tag, the log of its score, how many agree.

        Logs turn the sum of a regression into a product of opinions, whatever scale a recaller counts in.
        """
        proposed = ~np.isnan(self.scores)
        logs = np.log(np.where(proposed, np.maximum(self.scores, 0.0), 1.0) + 1e-6)
        columns = [proposed, np.where(proposed, logs, 0.0), proposed.sum(axis=1, keepdims=True)]
        opinions: Array = np.concatenate(columns, axis=1).astype(np.float32)
        return opinions

    def certainties(self) -> Array:
        """(pairs, recallers): -log(1 - score) of scores that are probabilities, else 0.

        The log of a score hardly tells 0.9 from 0.99; with both, a regression can weigh log-odds.
        """
        share = np.where((self.scores > 0) & (self.scores < 1), self.scores, 0.0)
        certainties: Array = -np.log1p(-np.minimum(share, 1 - 1e-4)).astype(np.float32)
        return certainties

    def look_up(self, matrix: sparse.csr_matrix) -> Array:
        """(pairs,) the value of a (videos, tags) matrix at each pair."""
        if not len(self):
            return np.zeros(0, np.float32)
        values: Array = np.asarray(matrix[self.video, self.column], dtype=np.float32).ravel()
        return values


def _merged(first: Evidence, second: Evidence) -> Evidence:
    """All words and similar videos, and the moment, region and path that either gives; the first one's go first."""
    spans, similar, moment, region, path, _ = first
    if second.spans:
        spans = tuple(dict.fromkeys(spans + second.spans))
    if second.similar and len(similar) < SIMILAR_SHOWN:
        similar = tuple(dict.fromkeys(similar + second.similar))[:SIMILAR_SHOWN]
    moment = second.moment if moment is None else moment
    return Evidence(spans, similar, moment, second.region if region is None else region, path or second.path)
