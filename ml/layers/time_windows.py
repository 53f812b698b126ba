"""A clip as windows of five seconds, each a small clip of its own: which of its frames and sounds lie in it.

Multiple-instance learning (Maron and Lozano-Perez 1998): the tags were said of whole clips, and a tag holds of a clip
when it holds of one of its parts. So a network that was trained on whole clips may be asked about each part.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ml.types import Array, Features

SECONDS = 5.0
MOST = 60  # windows of a clip; those of a longer clip are longer
_NEVER = np.zeros(0, np.float32)
SOUND_SECONDS = 0.96  # between two rows of sound


def cut(features: Features) -> tuple[float, list[Features]]:
    """Seconds of a window, and the clip's windows in the order of time; text and context stay whole.

    A window is a whole multiple of five seconds, and no shorter than the pause between two sampled frames.
    """
    times, sound = features.frame_times, features.sound
    pause = 0.0 if times is None or not len(times) else _between(times)
    seen = 0.0 if times is None or not len(times) else float(times[-1]) + pause
    length = max(seen, 0.0 if sound is None else len(sound) * SOUND_SECONDS)
    least = max(length / MOST, pause if times is not None and len(times) > 1 else 0.0)
    step = SECONDS * max(1, math.ceil(least / SECONDS - 1e-6))
    count = math.ceil(length / step - 1e-6)
    shown = _bounds(times if times is not None else _NEVER, step, count)
    rows = 0 if sound is None else len(sound)
    heard = _bounds((np.arange(rows, dtype=np.float32) + 0.5) * SOUND_SECONDS, step, count)
    parts = zip(pairwise(shown), pairwise(heard), strict=True)
    return step, [_window(features, slice(*frames), slice(*sounds)) for frames, sounds in parts]


def scores(windows: Array, blind: Array, confidence: Array) -> NDArray[np.float64]:
    """(windows, tags): how sure it is that a tag holds there.

    `windows` (windows, tags) and `blind` (tags,), what is known of the clip without frames and sound, are logits; the
    text and the context of the whole clip are in both. The clip's `confidence` (tags,) is that of its best window; a
    window that speaks for a tag no more than its absence would has 0.
    """
    logits = windows.astype(np.float64)
    chance = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return np.where(logits > blind, confidence * chance / chance.max(axis=0), 0.0)


def _window(features: Features, frames: slice, sounds: slice) -> Features:
    seen, heard = frames.start < frames.stop, sounds.start < sounds.stop
    return replace(
        features,
        frames=features.frames[frames] if features.frames is not None and seen else None,
        frame_times=features.frame_times[frames] if features.frame_times is not None and seen else None,
        sound=features.sound[sounds] if features.sound is not None and heard else None,
        texture=features.texture[sounds] if features.texture is not None and heard else None,
    )


def _bounds(times: Array, step: float, count: int) -> list[int]:
    """(count + 1) where each window begins among moments in their order, and where the last one ends."""
    found: list[int] = np.searchsorted((times / step + 1e-6).astype(np.int64), np.arange(count + 1)).tolist()
    return found


def _between(times: Array) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0
