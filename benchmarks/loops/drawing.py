"""Clips for measuring: 360p H.264 with sound, pictures and a tone of their own. Quick to make, no beauty."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 12, 8
RATE = 16_000
OPTIONS = {"preset": "ultrafast", "crf": "28", "g": str(2 * FPS), "threads": "1"}
WORDS = ["今天", "街头", "夜空", "summer", "evening", "with friends", "look", "again", "一起", "好玩", "第一次", "home"]


def draw(path: Path, seed: int) -> None:
    """Write one clip; the same seed gives the same pictures."""
    random = np.random.default_rng(seed)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=FPS, options=OPTIONS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = container.add_stream("aac", rate=RATE, layout="mono")
        container.mux(audio.encode(_sound(random)))
        container.mux(audio.encode(None))
        for number, picture in enumerate(_pictures(random)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))


def _pictures(random: np.random.Generator) -> list[np.ndarray]:
    """Coloured clouds that drift; another cloud in the second half."""
    pictures = []
    for _half in range(2):
        seeds = random.integers(0, 256, (5, 8, 3), dtype=np.uint8)
        cloud = np.asarray(Image.fromarray(seeds).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
        pictures += [np.ascontiguousarray(np.roll(cloud, 4 * n, axis=1)) for n in range(FPS * SECONDS // 2)]
    return pictures


def _sound(random: np.random.Generator) -> av.AudioFrame:
    time = np.arange(RATE * SECONDS) / RATE
    tone = 0.3 * np.sin(2 * np.pi * random.uniform(100, 2000) * time) + 0.05 * random.standard_normal(len(time))
    frame = av.AudioFrame.from_ndarray(tone.astype(np.float32)[np.newaxis], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    return frame
