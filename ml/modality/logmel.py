"""VGGish's log-mel front end, exactly, in numpy (Hershey et al. 2017; constants of its released parameters)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np

from ml.types import Array

RATE = 16000
WINDOW = 400  # samples, 25 ms
HOP = 160  # samples, 10 ms
FFT = 512
BANDS = 64
LOWEST, HIGHEST = 125.0, 7500.0  # Hz
OFFSET = 0.01  # keeps the logarithm of silence finite
EXAMPLE = 96  # frames, 0.96 s
SECONDS = EXAMPLE * HOP / RATE
BLOCK = 64  # examples at a time: about a minute of sound, 12 MB of windows


def frame_count(samples: int) -> int:
    """Whole windows in so many samples."""
    return max(0, 1 + (samples - WINDOW) // HOP)


def examples(sound: Array) -> Array:
    """Log-mel examples (n, 96, 64) of mono sound at 16 kHz; a tail shorter than an example is dropped."""
    blocks = list(_blocks(np.asarray(sound, np.float32)))
    return np.concatenate(blocks) if blocks else np.empty((0, EXAMPLE, BANDS), np.float32)


def _blocks(sound: Array) -> Iterator[Array]:
    count = frame_count(len(sound)) // EXAMPLE
    if count == 0:
        return
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        frames = windows[start * EXAMPLE : stop * EXAMPLE] * hann()
        magnitude = np.abs(np.fft.rfft(frames, FFT))  # magnitude, not power
        yield np.log(magnitude @ mel_weights() + OFFSET).reshape(-1, EXAMPLE, BANDS).astype(np.float32)


@cache
def hann() -> Array:
    """The periodic Hann window (numpy's own is the symmetric one)."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def mel(hertz: float) -> float:
    """HTK's mel scale."""
    return 1127.0 * math.log1p(hertz / 700.0)


@cache
def mel_weights() -> Array:
    """(257, 64): triangles that are linear in mel; nothing of the DC bin."""
    bins = np.array([[mel(i * RATE / FFT)] for i in range(FFT // 2 + 1)])
    edges = np.linspace(mel(LOWEST), mel(HIGHEST), BANDS + 2)
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    weights = np.maximum(0.0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre)))
    weights[0] = 0.0
    return weights.astype(np.float32)
