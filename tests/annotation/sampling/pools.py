"""Pools as strategies see them, made of lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotation.sampling import Pool

Candidates = list[tuple[int, float, float]]  # tag, confidence, share of recallers


def make_pool(*clips: Candidates, tags: int = 4, **kw: Any) -> Pool:
    flat = [candidate for clip in clips for candidate in clip]
    values: dict[str, Any] = {
        "start": np.cumsum([0, *(len(clip) for clip in clips)]),
        "tag": np.array([tag for tag, _, _ in flat], np.int64),
        "confidence": np.array([confidence for _, confidence, _ in flat], np.float64),
        "votes": np.array([votes for _, _, votes in flat], np.float64),
        "novelty": np.zeros(len(clips)),
        "conflicts": np.zeros(len(clips), np.int64),
        "need": np.ones(tags),
        "value": np.ones(tags),
    }
    return Pool(**values | {name: np.asarray(value) if name != "threshold" else value for name, value in kw.items()})


def any_pool(clips: int, tags: int = 6, seed: int = 0, **kw: Any) -> Pool:
    """Clips with up to `tags` candidates each, some with none, and vectors."""
    random = np.random.default_rng(seed)
    rows = [
        [(int(tag), float(random.random()), float(random.integers(1, 4) / 3)) for tag in random.permutation(tags)[:n]]
        for n in random.integers(0, tags + 1, clips)
    ]
    vectors = random.normal(size=(clips + 5, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values: dict[str, Any] = {
        "novelty": random.random(clips),
        "conflicts": random.integers(0, 3, clips),
        "need": random.random(tags),
        "value": 2 * random.random(tags),
        "vectors": vectors[:clips],
        "reviewed": vectors[clips:],
    }
    return make_pool(*rows, tags=tags, **values | kw)
