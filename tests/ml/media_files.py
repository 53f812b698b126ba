"""Tiny real media for tests: a disc crosses a coloured background while a sine sounds."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

AUDIO_RATE = 16000


def make_clip(
    path: Path,
    seconds: float = 3,
    size: tuple[int, int] = (320, 180),
    fps: int = 12,
    tone: float | None = 440,
    colour: tuple[int, int, int] = (40, 90, 160),
    *,
    gop: int = 250,
    channels: int = 1,
    rotation: int = 0,
    show: Callable[..., np.ndarray] | None = None,
) -> Path:
    """Write a clip and return its path; the ending names the container (mp4, mkv, webm, avi, ts, flv).

    `tone` in Hz or None for a clip without sound; `gop` frames between keyframes; `rotation` as phones store it;
    `show(time, size, colour)` draws something else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    webm = path.suffix == ".webm"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libvpx" if webm else "libx264", rate=fps, options=_fast(webm, gop))
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.time_base = Fraction(1, fps)
        if rotation:
            video.set_display_rotation(rotation)
        audio = container.add_stream("libopus" if webm else "aac", rate=_rate(webm)) if tone else None
        if audio:
            audio.layout = "mono" if channels == 1 else "stereo"
        for index in range(max(1, round(seconds * fps))):
            frame = av.VideoFrame.from_ndarray((show or picture)(index / fps, size, colour), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio:
            for sound in _sine(tone, seconds, _rate(webm), channels):
                container.mux(audio.encode(sound))
            container.mux(audio.encode(None))
    return path


def picture(time: float, size: tuple[int, int] = (320, 180), colour: tuple[int, int, int] = (40, 90, 160)):
    """RGB (height, width, 3): a white disc goes from left to right in 4 seconds; the upper left corner is red."""
    width, height = size
    y, x = np.mgrid[:height, :width]
    canvas = np.full((height, width, 3), colour, np.uint8)
    radius = height / 6
    centre = (time / 4 % 1) * width
    canvas[(x - centre) ** 2 + (y - height / 2) ** 2 < radius**2] = 255
    canvas[: height // 4, : width // 4] = (220, 20, 20)
    return canvas


def make_sound(path: Path, seconds: float = 2, tone: float = 440) -> Path:
    """A sound file without any picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=AUDIO_RATE)
        stream.layout = "mono"
        for frame in _sine(tone, seconds, AUDIO_RATE, 1):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def sine(tone: float, seconds: float, rate: int = AUDIO_RATE):
    """Mono float32 samples at half volume."""
    return (0.5 * np.sin(2 * np.pi * tone * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def _fast(webm: bool, gop: int) -> dict[str, str]:
    if webm:
        return {"g": str(gop), "deadline": "realtime", "cpu-used": "8"}
    return {"g": str(gop), "preset": "ultrafast", "sc_threshold": "0"}


def _rate(webm: bool) -> int:
    return 48000 if webm else AUDIO_RATE


def _sine(tone: float, seconds: float, rate: int, channels: int):
    samples = np.repeat(sine(tone, seconds, rate)[None], channels, axis=0)
    for start in range(0, samples.shape[1], 1024):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, start : start + 1024]), "fltp", "mono" if channels == 1 else "stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield frame
