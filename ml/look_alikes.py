"""Which videos look, sound or read alike: by the vectors that the stack's own recallers by similarity compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.layers import vector_index
from ml.layers.neighbours import SimilarityRecaller
from ml.pipeline import Pipeline
from ml.types import Array, VideoInput

# The one that compares all modalities at once comes first.
RECALLERS = ("fused_similarity.v1", "text_similarity.v1", "visual_similarity.v1", "sound_similarity.v1")
BATCH = 256  # videos whose features are in memory at once
Pair = tuple[int, int, float]  # two videos and their cosine


def pairs(
    pipeline: Pipeline,
    videos: Sequence[VideoInput],
    least: float,
    most: int,
    told: Callable[[int], None] = lambda _read: None,
) -> list[Pair]:
    """Pairs of videos with a cosine of at least `least`: of each video the `most` nearest.

    Features come from the store; `told` is called with how many videos have been read by then. None where the stack
    compares nothing, or a video has nothing to compare.
    """
    found: dict[int, Array] = {}
    for start in range(0, len(videos), BATCH):
        found |= vectors(pipeline, videos[start : start + BATCH])
        told(min(start + BATCH, len(videos)))
    return near(list(found), np.stack(list(found.values())), least, most) if found else []


def near(ids: Sequence[int], vectors: Array, least: float, most: int) -> list[Pair]:
    """The same for vectors (videos, dim) of length 1. Each pair once, the smaller id first; sorted."""
    index = vector_index.build(vectors)
    likest: dict[tuple[int, int], float] = {}
    for start in range(0, len(ids), BATCH):
        likeness, rows, known = vector_index.search(index, vectors[start : start + BATCH], most + 1)
        for query, column in np.argwhere(known & (likeness >= least)):
            a, b = ids[start + query], ids[rows[query, column]]
            if a != b:
                likest[min(a, b), max(a, b)] = min(1.0, float(likeness[query, column]))
    return sorted((a, b, likeness) for (a, b), likeness in likest.items())


def vectors(pipeline: Pipeline, videos: Sequence[VideoInput]) -> Iterator[tuple[int, Array]]:
    """Of each video that has something to compare, what it is compared by: (dim,) of length 1, from the store."""
    by = _comparer(pipeline)
    if by is None:
        return
    for start in range(0, len(videos), BATCH):
        for features in pipeline.modality.features(videos[start : start + BATCH], pipeline.store):
            vector = by.vector(features)
            if vector is not None:
                yield features.video.id, vector.astype(np.float32)


def learned(pipeline: Pipeline, most: int, random: np.random.Generator) -> tuple[NDArray[np.int64], Array]:
    """The videos that the stack learned from, and vectors (at most `most`, dim) whose R'R is about that of all of them.

    More than `most` are drawn from, and the drawn ones made longer, so that they count for the others.
    """
    by = _comparer(pipeline)
    if by is None or by.index is None:
        return np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
    rows = np.sort(random.permutation(len(by.videos))[:most])
    return by.videos, vector_index.vectors_of(by.index, rows) * np.float32((len(by.videos) / max(len(rows), 1)) ** 0.5)


def _comparer(pipeline: Pipeline) -> SimilarityRecaller | None:
    by = next((found for name in RECALLERS if (found := pipeline.recallers.get(name)) is not None), None)
    return by if isinstance(by, SimilarityRecaller) else None
