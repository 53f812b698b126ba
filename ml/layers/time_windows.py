"""A clip as windows of five seconds, each a small clip of its own: which of its frames and sounds lie in it.

Multiple-instance learning (Maron and Lozano-Perez 1998): the tags were said of whole clips, and a tag holds of a clip
when it holds of one of its parts. So a network that was trained on whole clips may be asked about each part.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ml.types import Array, Features

SECONDS = 5.0
MOST = 60  # windows of a clip; those of a longer clip are longer
SOUND_SECONDS = 0.96  # between two rows of sound


def length_of(features: Features) -> float:
    """Seconds that frames and sound cover; 0 without both."""
    times, sound = features.frame_times, features.sound
    seen = 0.0 if times is None or not len(times) else float(times[-1]) + _between(times)
    return max(seen, 0.0 if sound is None else len(sound) * SOUND_SECONDS)


def step_of(features: Features) -> float:
    """Seconds of a window: whole multiples of five, and no shorter than the pause between two sampled frames."""
    times = features.frame_times
    least = max(length_of(features) / MOST, 0.0 if times is None or len(times) < 2 else _between(times))
    return SECONDS * max(1, math.ceil(least / SECONDS - 1e-6))


def cut(features: Features) -> tuple[float, list[Features]]:
    """Seconds of a window, and the clip's windows in the order of time; text and context stay whole."""
    step, length = step_of(features), length_of(features)
    count = math.ceil(length / step - 1e-6)
    frame = _windows(None if features.frame_times is None else features.frame_times, step)
    rows = 0 if features.sound is None else len(features.sound)
    heard = _windows((np.arange(rows, dtype=np.float32) + 0.5) * SOUND_SECONDS, step)
    return step, [_window(features, frame == number, heard == number) for number in range(count)]


def scores(windows: Array, blind: float, confidence: float) -> Array:
    """(windows,): how sure it is that a tag holds there.

    `windows` (windows,) and `blind` (what is known of the clip without frames and sound) are the tag's logits; the text
    and the context of the whole clip are in both. The clip's confidence is that of its best window; a window that
    speaks for the tag no more than its absence would has 0.
    """
    logits = windows.astype(np.float64)
    chance = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    found: Array = np.where(logits > blind, confidence * chance / chance.max(), 0.0).astype(np.float32)
    return found


def _window(features: Features, frames: np.ndarray, heard: np.ndarray) -> Features:  # type: ignore[type-arg]
    return replace(
        features,
        frames=features.frames[frames] if features.frames is not None and frames.any() else None,
        frame_times=features.frame_times[frames] if features.frame_times is not None and frames.any() else None,
        sound=features.sound[heard] if features.sound is not None and heard.any() else None,
    )


def _windows(times: Array | None, step: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.zeros(0, np.int64) if times is None else (times / step + 1e-6).astype(np.int64)


def _between(times: Array) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0
