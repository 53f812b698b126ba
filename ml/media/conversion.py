"""From decoded frames to arrays: RGB pictures of a wanted size, mono sound at a wanted rate."""

from __future__ import annotations

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from ml.media.container import Shape
from ml.types import Array

# We scale by processes. By default each scaler, and so each clip, starts a thread a core.
THREADS = 1
BLOCK = 16_384  # samples that are resampled at once


class Scaler:
    """Turns decoded frames into RGB arrays; swscale's tables are kept from frame to frame."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def scaled(self, frame: VideoFrame, shown: Shape, scale: float) -> NDArray[np.uint8]:
        """The upright picture at `scale`, (height, width, 3)."""
        width, height = (max(1, round(side * scale)) for side in shown[:2])
        if shown.turns % 2:
            width, height = height, width
        small = self._reformatter.reformat(
            frame, width, height, "rgb24", interpolation=Interpolation.BILINEAR, threads=THREADS
        )
        return np.ascontiguousarray(np.rot90(small.to_ndarray(), shown.turns))

    def fitted(self, frame: VideoFrame, shown: Shape, size: int) -> NDArray[np.uint8]:
        """The upright picture with a longer side of at most `size`, nothing cut off."""
        return self.scaled(frame, shown, min(1.0, size / max(shown.width, shown.height)))

    def square(self, frame: VideoFrame, shown: Shape, size: int) -> NDArray[np.uint8]:
        """The centre of the picture, (size, size, 3), the shorter side kept whole."""
        picture = self.scaled(frame, shown, size / min(shown.width, shown.height))
        top, left = (picture.shape[0] - size) // 2, (picture.shape[1] - size) // 2
        return picture[top : top + size, left : left + size]


class Resampler:
    """Collects mono sound at one rate, up to a limit; a stream that changes its format on the way is followed."""

    def __init__(self, rate: int, seconds: float) -> None:
        self.rate = rate
        self._room = int(rate * seconds)  # silence packs so well that a small file may hold days of it
        self._inner: AudioResampler | None = None
        self._waiting = AudioFifo()  # sound comes in frames of some milliseconds, each of which would cost a call
        self._source: tuple[str, str, int] | None = None
        self._parts: list[Array] = []

    def add(self, frame: AudioFrame) -> None:
        source = (frame.format.name, frame.layout.name, frame.sample_rate)
        if not self._room:
            return
        if source != self._source:
            self._drain()
            self._inner, self._source = AudioResampler("flt", "mono", self.rate), source
        frame.pts = None  # a gap in the clock of the file is no silence
        self._waiting.write(frame)
        if self._waiting.samples >= BLOCK:
            self._take(self._waiting.read())

    def finish(self) -> Array | None:
        """All samples so far, or None when there was no sound."""
        self._drain()
        return np.clip(np.concatenate(self._parts), -1.0, 1.0) if self._parts else None

    def _drain(self) -> None:
        if self._inner is not None:
            if (rest := self._waiting.read(partial=True)) is not None:
                self._take(rest)
            self._take(None)
            self._inner, self._waiting = None, AudioFifo()

    def _take(self, frame: AudioFrame | None) -> None:
        assert self._inner is not None
        for part in self._inner.resample(frame):
            samples = part.to_ndarray().reshape(-1).astype(np.float32)[: self._room]
            self._parts.append(samples)
            self._room -= len(samples)
