"""The union of what all recallers propose for many videos, as arrays over (video, tag) pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.types import Array, Candidate, Evidence, Vocabulary

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
        names, column = tuple(answers), vocabulary.column
        videos = max((len(answer) for answer in answers.values()), default=0)
        found: dict[tuple[int, int], tuple[list[float], list[Evidence]]] = {}
        for r, name in enumerate(names):
            for row, candidates in enumerate(answers[name]):
                for candidate in candidates:
                    pair = (row, column[candidate.tag])
                    told, reasons = found.setdefault(pair, ([np.nan] * len(names), []))
                    told[r] = candidate.score
                    reasons.append(candidate.evidence)
        pairs = sorted(found)
        places = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        scores = np.array([found[pair][0] for pair in pairs], dtype=np.float32).reshape(-1, len(names))
        evidence = tuple(_merged(found[pair][1]) for pair in pairs)
        return cls(names, videos, places[:, 0], places[:, 1], scores, evidence)

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

    def look_up(self, matrix: sparse.csr_matrix) -> Array:
        """(pairs,) the value of a (videos, tags) matrix at each pair."""
        values: Array = np.asarray(matrix[self.video, self.column], dtype=np.float32).ravel()
        return values if len(self) else np.zeros(0, np.float32)


def _merged(parts: Sequence[Evidence]) -> Evidence:
    """The words, the similar videos and the moment that any of the recallers gives, in the recallers' order."""
    if len(parts) == 1:
        return parts[0]
    spans = tuple(dict.fromkeys(span for part in parts for span in part.spans))
    similar = tuple(dict.fromkeys(video for part in parts for video in part.similar))[:SIMILAR_SHOWN]
    moment = next((part.moment for part in parts if part.moment is not None), None)
    return Evidence(spans, similar, moment)
