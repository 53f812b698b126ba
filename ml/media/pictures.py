"""What people see of a clip before it plays: poster, filmstrip, sound peaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from ml.media.container import (
    DEFAULT_LIMITS,
    Limits,
    MediaError,
    Shape,
    decoded,
    local,
    opened,
    probe,
    shape,
    video_stream,
)
from ml.media.conversion import Scaler
from ml.media.decoding import sample, waveform
from ml.types import Fetchable

POSTER_CHOICES = 6
PEAKS_RATE = 8000


def poster(path: Path, width: int = 640, limits: Limits = DEFAULT_LIMITS) -> Image.Image:
    """The picture of richest contrast among a few spread over the clip (first frames are often black)."""
    return Image.fromarray(max(_spread(path, POSTER_CHOICES, width, limits), key=lambda picture: float(picture.std())))


def filmstrip(path: Path, count: int = 10, width: int = 160, limits: Limits = DEFAULT_LIMITS) -> Image.Image:
    """`count` pictures of `width` pixels side by side, evenly spread; a shorter clip repeats its own."""
    pictures = _spread(path, count, width, limits)
    chosen = [pictures[i * len(pictures) // count] for i in range(count)]
    return Image.fromarray(np.concatenate(chosen, axis=1))


def picture_at(
    source: Path | Fetchable, second: float, size: int, limits: Limits = DEFAULT_LIMITS
) -> NDArray[np.uint8]:
    """The picture shown at that second, its longer side at most `size` pixels. Raises MediaError beyond the end."""
    with local(source) as path, opened(path, limits) as container:
        stream = video_stream(container, limits)
        base, start = float(stream.time_base or 1), float((stream.start_time or 0) * (stream.time_base or 1))
        container.seek(int((start + max(0.0, second)) / base), stream=stream)
        last: VideoFrame | None = None
        for packet in container.demux(stream):
            for frame in decoded(packet):
                if not isinstance(frame, VideoFrame):
                    continue
                if last is not None and frame.time is not None and frame.time - start > second:
                    return Scaler().fitted(last, shape(last, stream), size)
                last = frame
        if last is None or (last.time is not None and second > last.time - start + 1):
            raise MediaError("The clip has no picture at that moment.")
        return Scaler().fitted(last, shape(last, stream), size)


def peaks(path: Path, count: int = 400, limits: Limits = DEFAULT_LIMITS) -> list[float]:
    """The loudest sample of each of `count` equal parts, 0 to 1; empty for a file without sound."""
    sound = waveform(path, PEAKS_RATE, limits)
    if sound is None or not len(sound):
        return []
    starts = np.linspace(0, len(sound), count, endpoint=False).astype(int)
    return [round(float(peak), 4) for peak in np.maximum.reduceat(np.abs(sound), starts)]


def _spread(path: Path, count: int, width: int, limits: Limits) -> list[NDArray[np.uint8]]:
    """At least one and at most `count` pictures, evenly spread over the clip."""
    info, scaler = probe(path, limits), Scaler()

    def picture(frame: VideoFrame, shown: Shape) -> NDArray[np.uint8]:
        return scaler.scaled(frame, shown, width / info.width)

    return sample(path, picture, fps=count / max(info.duration, 0.01), limits=limits)[0][:count]
