"""Clips uploaded again: the same footage in another file, as re-uploads are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # (height, width, 3)
RATE = 24  # frames a second of every copy


@dataclass(frozen=True)
class Way:
    """How a copy differs."""

    draw: Callable[[Picture], Picture] = lambda picture: picture
    crf: int = 28
    kept: float = 1.0  # share of the clip, from its beginning
    mute: bool = False


def _cropped(picture: Picture) -> Picture:
    height, width = (side // 10 for side in picture.shape[:2])
    return picture[height : -height or None, width : -width or None]


def _small(picture: Picture) -> Picture:
    return picture[::2, ::2]


def _barred(picture: Picture) -> Picture:
    """A caption's bar over the lowest eighth."""
    copy = picture.copy()
    copy[-(picture.shape[0] // 8) :] = (250, 220, 40)
    return copy


def _mirrored(picture: Picture) -> Picture:
    return picture[:, ::-1]


WAYS = {
    "low bitrate": Way(crf=40),
    "half size": Way(_small),
    "cropped by a fifth": Way(_cropped),
    "caption bar": Way(_barred),
    "last quarter cut off": Way(kept=0.75),
    "mirrored": Way(_mirrored),
    "without sound": Way(mute=True),
}


def make(source: Path, target: Path, way: Way) -> None:
    """Write a copy of a clip: H.264 and, where there is sound, AAC."""
    with av.open(str(source)) as read, av.open(str(target), "w") as write:
        seconds = way.kept * float((read.duration or 0) / av.time_base)
        heard = read.streams.audio[0] if read.streams.audio and not way.mute else None
        sound = write.add_stream("aac", rate=heard.rate, layout="mono") if heard else None
        picture: av.VideoStream | None = None
        resampler = av.AudioResampler("fltp", "mono", heard.rate) if heard else None
        for frame in read.decode(*read.streams.video[:1], *([heard] if heard else [])):
            if frame.time is None or frame.time >= seconds:
                continue
            if isinstance(frame, av.AudioFrame):
                assert sound is not None
                assert resampler is not None
                for part in resampler.resample(frame):
                    write.mux(sound.encode(part))
                continue
            drawn = way.draw(frame.to_ndarray(format="rgb24"))
            drawn = np.ascontiguousarray(drawn[: drawn.shape[0] // 2 * 2, : drawn.shape[1] // 2 * 2])
            if picture is None:
                picture = write.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": str(way.crf)})
                picture.height, picture.width = drawn.shape[:2]
                picture.pix_fmt, picture.codec_context.time_base = "yuv420p", Fraction(1, 1000)
            shown = av.VideoFrame.from_ndarray(drawn, format="rgb24")
            shown.pts, shown.time_base = round(1000 * frame.time), Fraction(1, 1000)
            write.mux(picture.encode(shown))
        for stream in (picture, sound):
            if stream is not None:
                write.mux(stream.encode(None))
