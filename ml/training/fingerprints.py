"""From what a part was trained, as one number: where it has not changed, neither would the part."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ml.parts import TrainingSet
from ml.ranking.candidates import CandidatePool
from ml.types import Array, Features

_ARRAYS = ("text", "frames", "frame_times", "sound")


def of(*things: Any) -> str:
    """sha256 of plain values."""
    return hashlib.sha256(json.dumps(things, sort_keys=True, default=str).encode()).hexdigest()


def of_part(*things: Any) -> str:
    """Of what a part is trained from, the programs that train it included."""
    return of(programs(), *things)


@cache
def programs() -> str:
    """sha256 of the code of all parts: a correction reaches those whose reviews have not changed, too."""
    digest, root = hashlib.sha256(), Path(__file__).parent.parent
    rooms = [root / room for room in ("layers", "recall", "ranking")]
    files = [root / "parts.py", *(file for room in rooms for file in room.glob("*.py"))]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def of_set(data: TrainingSet) -> str:
    """Of the vocabulary, and of each video what was said of it, its texts and its features."""
    digest = hashlib.sha256(of([asdict(tag) for tag in data.vocabulary]).encode())
    digest.update(_bytes(data.names))
    for item, tags, rejected in zip(data.features, data.tags, data.rejected, strict=True):
        video = item.video
        texts = [video.title, video.description, video.cover_text, video.uploader, video.program]
        digest.update(of(video.id, texts, sorted(tags), sorted(rejected)).encode())
        for array in _arrays(item):
            digest.update(_bytes(array))
    return digest.hexdigest()


def of_pool(pool: CandidatePool) -> str:
    digest = hashlib.sha256(of(pool.recallers, pool.videos).encode())
    for array in (pool.video, pool.column, pool.scores):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _arrays(features: Features) -> list[Array | None]:
    """Every kind of feature there is, those that came later included."""
    later = [value for name, value in sorted(vars(features).items()) if name not in (*_ARRAYS, "video")]
    return [getattr(features, name) for name in _ARRAYS] + [v for v in later if v is None or isinstance(v, np.ndarray)]


def _bytes(array: Array | None) -> bytes:
    return b"-" if array is None else repr(array.shape).encode() + np.ascontiguousarray(array).tobytes()
