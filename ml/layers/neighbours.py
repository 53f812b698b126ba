"""Similar videos vote for their tags: inner-product search, then a vote weighted by likeness and rarity."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Self

import faiss
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy import sparse

from ml.layers import vector_index
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.types import Array, Candidate, Evidence, Features, Vocabulary

SHOWN = 5  # similar videos named as evidence
_BLOCK = 256  # queries at once


@dataclass(frozen=True)
class NeighboursConfig:
    """score(t) = sum over neighbours n that have t of max(0, cos)^power * idf(t)^rarity."""

    neighbours: int = 40
    power: float = 2.0
    rarity: float = 0.3
    same: float = 0.985  # neighbours more alike than this are one clip uploaded again: counted once
    exact: int = vector_index.EXACT  # videos up to which all are compared


class SimilarityRecaller(ABC):
    """Proposes the tags of similar reviewed videos. Subclasses say what is compared."""

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = True  # a video never votes for itself, so scores on trained videos are honest

    def __init__(self, vocabulary: Vocabulary, config: NeighboursConfig, centre: Mapping[str, Array]) -> None:
        self.vocabulary, self.config, self.centre = vocabulary, config, dict(centre)
        self.index: Any = None  # faiss index, made by the first vectors
        self.videos = np.zeros(0, np.int64)  # video id of each row of the index
        self.labels = sparse.csr_matrix((0, len(vocabulary)), dtype=np.float32)
        self.idf = np.ones(len(vocabulary), np.float32)
        self.nearest: list[float | None] = []  # of the last `recall`; see ml.recall.Comparer

    @classmethod
    def centred(cls, features: Sequence[Features]) -> dict[str, Array]:
        """Statistics of the training videos that `vector` needs; none by default."""
        return {}

    @abstractmethod
    def vector(self, features: Features) -> Array | None:
        """L2-normalised vector to compare, None when the modality is missing."""

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Index the videos; nothing is learned, so `warm` plays no part."""
        recaller = cls(data.vocabulary, NeighboursConfig(**config), cls.centred(data.features))
        found = [recaller.vector(features) for features in data.features]
        rows = [i for i, vector in enumerate(found) if vector is not None]
        if rows:
            vectors = np.stack([v for v in found if v is not None]).astype(np.float32)
            recaller.index = vector_index.build(vectors, recaller.config.exact)
        recaller._label([data.features[i].video.id for i in rows], data.positive[rows])
        step(1, 1, None)
        return recaller

    def _label(self, videos: Sequence[int], labels: sparse.csr_matrix) -> None:
        self.videos = np.array(videos, dtype=np.int64)
        self.labels = sparse.csr_matrix(labels.multiply(assignable(self.vocabulary)[None, :]), dtype=np.float32)
        counts = np.asarray(self.labels.sum(axis=0), dtype=np.float32).ravel()
        idf = np.log((len(videos) + 1) / (counts + 1)) + 1
        self.idf = (idf**self.config.rarity).astype(np.float32)

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """At most `k` candidates a video, best first; none where the modality is missing or nothing is alike."""
        answers: list[list[Candidate]] = [[] for _ in features]
        self.nearest = [None] * len(features)
        found = {i: v for i, item in enumerate(features) if (v := self.vector(item)) is not None}
        asked = [i for i, v in found.items() if self.index is not None and len(v) == self.index.d]
        for start in range(0, len(asked), _BLOCK):
            block = asked[start : start + _BLOCK]
            own = np.array([features[i].video.id for i in block], dtype=np.int64)
            vectors = np.stack([found[i] for i in block]).astype(np.float32)
            voted, nearest = self._vote(vectors, own, k)
            for i, candidates, likeness in zip(block, voted, nearest, strict=True):
                answers[i], self.nearest[i] = candidates, likeness
        return answers

    def _vote(self, vectors: Array, own: NDArray[np.int64], k: int) -> tuple[list[list[Candidate]], list[float]]:
        """Candidates of each query, and its likeness to the most alike video that counts."""
        likeness, rows, found = vector_index.search(self.index, vectors, self.config.neighbours + 1)
        counted = self._counted(rows, own) & found
        weight = np.where(counted, np.maximum(likeness, 0.0) ** self.config.power, 0.0)
        owner = np.repeat(np.arange(len(vectors)), rows.shape[1])
        votes = sparse.csr_matrix((weight.ravel(), (owner, rows.ravel())), shape=(len(vectors), len(self.videos)))
        scores = votes @ self.labels  # (queries, tags), sparse: what nobody voted for costs nothing
        scores.data *= self.idf[scores.indices]
        query, best, worth = _best(scores, k)
        similar = self._similar(query, best, rows, weight > 0)
        ids = self.vocabulary.ids
        told = [
            Candidate(ids[tag], score, Evidence(similar=videos))
            for tag, score, videos in zip(best.tolist(), worth.tolist(), similar, strict=True)
        ]
        ends = np.cumsum(np.bincount(query, minlength=len(vectors))).tolist()
        nearest = np.where(counted, likeness, 0.0).max(axis=1, initial=0.0).tolist()
        return [told[start:end] for start, end in pairwise([0, *ends])], nearest

    def _similar(
        self, query: NDArray[np.int64], column: NDArray[np.int64], rows: NDArray[np.int64], counted: NDArray[np.bool_]
    ) -> list[tuple[int, ...]]:
        """For each (query, column), in that order: the nearest voters that have the tag."""
        said = self.labels[rows[counted]]  # (voters of all queries, tags), the nearest first
        tags = np.diff(said.indptr)
        voter = np.repeat(self.videos[rows[counted]], tags)
        pair = np.repeat(np.nonzero(counted)[0], tags) * len(self.vocabulary) + said.indices
        asked = query * len(self.vocabulary) + column
        order = np.argsort(asked)
        place = np.searchsorted(asked, pair, sorter=order)
        place = order[np.minimum(place, len(order) - 1)] if len(order) else place
        kept = asked[place] == pair if len(order) else np.zeros(len(pair), bool)
        slot, voter = place[kept], voter[kept]
        by_slot = np.argsort(slot, kind="stable")
        ends = np.cumsum(np.bincount(slot, minlength=len(asked))).tolist()
        videos = voter[by_slot].tolist()
        return [tuple(videos[start : min(end, start + SHOWN)]) for start, end in pairwise([0, *ends])]

    def _counted(self, rows: NDArray[np.int64], own: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(queries, neighbours): not the query itself, and not almost the same as a nearer neighbour."""
        mine = self.videos[rows] == own[:, None]
        near = vector_index.vectors_of(self.index, rows)  # (queries, neighbours, dim)
        same = near @ near.transpose(0, 2, 1) > self.config.same
        same &= ~mine[:, :, None]  # the query itself hides nobody
        repeated = np.triu(same, k=1).any(axis=1)
        counted: NDArray[np.bool_] = ~mine & ~repeated
        return counted

    def save(self, folder: Path) -> None:
        """config.json, the faiss index, and the labels by tag id."""
        write_config(folder, asdict(self.config))
        ids = np.array(self.vocabulary.ids, dtype=np.int64)
        tensors = {
            "videos": self.videos,
            "starts": self.labels.indptr.astype(np.int64),
            "tags": ids[self.labels.indices],
        }
        save_file(tensors | {f"centre.{k}": v for k, v in self.centre.items()}, folder / "model.safetensors")
        if self.index is not None:
            faiss.write_index(self.index, str(folder / "index.faiss"))

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        """What `save` kept; tags that the vocabulary no longer knows are dropped."""
        tensors = load_file(folder / "model.safetensors")
        centre = {k.removeprefix("centre."): v for k, v in tensors.items() if k.startswith("centre.")}
        recaller = cls(vocabulary, NeighboursConfig(**read_config(folder)), centre)
        if (folder / "index.faiss").is_file():
            recaller.index = faiss.read_index(str(folder / "index.faiss"))
        column, starts = vocabulary.column, tensors["starts"]
        owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        pairs = [(row, column[tag]) for row, tag in zip(owner, tensors["tags"].tolist(), strict=True) if tag in column]
        rows, columns = (list(part) for part in zip(*pairs, strict=True)) if pairs else ([], [])
        shape = (len(starts) - 1, len(vocabulary))
        recaller._label(
            tensors["videos"].tolist(),
            sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape),
        )
        return recaller


def _best(scores: sparse.csr_matrix, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Row, column and value of the `k` largest values above 0 of each row, best first, ties by column."""
    row = np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
    order = np.lexsort((scores.indices, -scores.data, row))
    order = order[scores.data[order] > 0]
    row = row[order]
    starts = np.searchsorted(row, np.arange(scores.shape[0]))
    kept = np.arange(len(row)) - starts[row] < k
    return row[kept], scores.indices[order][kept].astype(np.int64), scores.data[order][kept]
