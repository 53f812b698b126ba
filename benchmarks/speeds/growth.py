"""What one clip costs as the tags, the candidates and the reviewed videos become more. CPU time, one thread."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ml.parts import TrainingSet, find, silent
from ml.ranking import RANKERS
from ml.ranking.candidates import CandidatePool
from ml.recall.text_similarity import TextSimilarity
from ml.types import Array, Candidate, Features, Tag, VideoInput, Vocabulary

TAGS = (3_000, 30_000, 300_000)
CANDIDATES = (50, 200, 800)
CLIPS = 64
ROUNDS = 3  # the quickest counts
WORDS = [
    "late",
    "goal",
    "street",
    "soup",
    "night",
    "train",
    "dance",
    "review",
    "song",
    "cat",
    "repair",
    "garden",
    "match",
    "island",
    "winter",
]


def by_tags(ranker: str) -> dict[str, dict[str, float]]:
    """CPU ms a clip of ranking: candidates a clip by tags in all."""
    found: dict[str, dict[str, float]] = {}
    for tags in TAGS:
        data = _data(CLIPS, tags)
        settings = {"epochs": 1, "least_steps": 1}
        model = find(RANKERS, ranker).train(data, _pool(data, 20), settings, step=silent)
        for count in CANDIDATES:
            pool = _pool(data, count)
            spent = _quickest(lambda model=model, data=data, pool=pool: model.score(data.features, pool))
            found.setdefault(f"{count} candidates", {})[f"{tags} tags"] = round(1000 * spent / CLIPS, 3)
        print(tags, found, file=sys.stderr, flush=True)
    return found


def by_videos(rows: Array) -> dict[str, dict[str, float]]:
    """CPU ms a clip of similarity recall: reviewed videos by tags in all."""
    found: dict[str, dict[str, float]] = {}
    for count in sorted({min(count, len(rows)) for count in (1_000, 10_000, len(rows))}):
        for tags in TAGS:
            data = _data(count, tags, rows[:count])
            model = TextSimilarity.train(data, {}, step=silent)
            asked = [Features(VideoInput(10**9 + i), text=row) for i, row in enumerate(rows[-CLIPS:])]
            spent = _quickest(lambda model=model, asked=asked: model.recall(asked, 50))
            found.setdefault(f"{count} videos", {})[f"{tags} tags"] = round(1000 * spent / CLIPS, 3)
        print(count, found, file=sys.stderr, flush=True)
    return found


def _quickest(call: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        call()
        spent.append(time.process_time() - began)
    return min(spent)


def _data(videos: int, tags: int, rows: Array | None = None) -> TrainingSet:
    """Videos with five random tags each; the names of the tags are random vectors of a sentence encoder's width."""
    draw = np.random.default_rng(0)
    names = draw.normal(size=(tags, 384)).astype(np.float32)
    names /= np.linalg.norm(names, axis=1, keepdims=True)
    rows = names[draw.integers(tags, size=videos)] if rows is None else rows
    vocabulary = Vocabulary(tuple(Tag(i, f"tag {i}") for i in range(tags)))
    features = [Features(VideoInput(i, title=_title(draw)), text=row) for i, row in enumerate(rows)]
    said = [frozenset(mine) for mine in draw.integers(tags, size=(videos, 5)).tolist()]
    return TrainingSet(vocabulary, names, features, said, [frozenset()] * videos)


def _title(draw: np.random.Generator) -> str:
    return " ".join(draw.choice(WORDS, 8))


def _pool(data: TrainingSet, count: int) -> CandidatePool:
    """As if two recallers had proposed `count` tags for each clip."""
    draw = np.random.default_rng(1)
    answers: dict[str, Sequence[Sequence[Candidate]]] = {}
    for name in ("classifier.v1", "text_similarity.v1"):
        drawn = [draw.choice(len(data.vocabulary), size=count // 2, replace=False) for _ in data.features]
        answers[name] = [[Candidate(tag, 0.5) for tag in mine] for mine in (row.tolist() for row in drawn)]
    return CandidatePool.union(answers, data.vocabulary)


def figures(rows: Array, ranker: str) -> dict[str, Any]:
    return {"ranking_ms_a_clip": by_tags(ranker), "similarity_ms_a_clip": by_videos(rows)}
