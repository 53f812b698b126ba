"""What nobody wishes for and everybody gets: odd texts, odd clips, sets in which a class is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from ml.parts import TrainingSet
from tests.ml.media_files import make_clip, make_sound
from tests.ml.stack_data import COOKING

MERGED_AWAY = 777  # a tag that old verdicts name and the vocabulary no longer does

TEXTS = {
    "50,000 characters": ("cooking soup with friends 做饭 " * 2000)[:50_000],
    "50,000 characters without a space": "球" * 50_000,
    "mixed scripts": "做饭 cooking طبخ готовка 料理 요리 ทำอาหาร עברית ß ﬁ ①",
    "signs only": "👩‍👩‍👧‍👦🏳️‍🌈 … !!! \u2028\u202e\u0000\ufeff",
    "spaces only": " \t\n\u3000",
}

SETS: dict[str, Callable[[TrainingSet], TrainingSet]] = {
    "one class": lambda data: replace(data, tags=[frozenset({COOKING})] * len(data)),
    "a tag merged away": lambda data: replace(
        data, tags=[tags | {MERGED_AWAY} for tags in data.tags], rejected=[frozenset({MERGED_AWAY + 1})] * len(data)
    ),
    "one video": lambda data: data.subset([0]),
    "nothing said": lambda data: replace(data, tags=[frozenset()] * len(data)),
}


def without_sound(path: Path) -> Path:
    return make_clip(path.with_suffix(".mp4"), 1, (64, 48), 6, tone=None)


def sound_alone(path: Path) -> Path:
    return make_sound(path.with_suffix(".m4a"), 2)


def one_frame(path: Path) -> Path:
    return make_clip(path.with_suffix(".mp4"), 0.01, (64, 48), 25, tone=None)


def no_frame(path: Path) -> Path:
    """A container with a video stream of 0 s."""
    with av.open(str(path := path.with_suffix(".mkv")), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        container.mux(video.encode(None))
    return path


def three_hours(path: Path) -> Path:
    """One frame a minute."""
    with av.open(str(path := path.with_suffix(".mkv")), "w") as container:
        video = container.add_stream("libx264", rate=1, options={"preset": "ultrafast", "g": "1"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1)
        for minute in range(181):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), minute, np.uint8), format="rgb24")
            frame.pts, frame.time_base = minute * 60, Fraction(1, 1)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def corrupt_in_the_middle(path: Path) -> Path:
    content = bytearray(make_clip(path.with_suffix(".mkv"), 3, (64, 48), 6, gop=6).read_bytes())
    middle = len(content) // 2
    content[middle : middle + len(content) // 8] = bytes(len(content) // 8)
    path.with_suffix(".mkv").write_bytes(content)
    return path.with_suffix(".mkv")


def cut_off(path: Path) -> Path:
    content = make_clip(path.with_suffix(".mp4"), 2, (64, 48), 6).read_bytes()
    path.with_suffix(".mp4").write_bytes(content[: len(content) // 2])
    return path.with_suffix(".mp4")


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def missing(path: Path) -> Path:
    return path


# How each clip is made, and what is left of it to see and hear.
CLIPS: dict[str, tuple[Callable[[Path], Path], set[str]]] = {
    "without sound": (without_sound, {"frames"}),
    "without frames": (sound_alone, set()),
    "of one frame": (one_frame, {"frames"}),
    "of 0 s": (no_frame, set()),
    "of 3 h": (three_hours, {"frames"}),
    "corrupt in the middle": (corrupt_in_the_middle, {"frames", "sound"}),
    "cut off": (cut_off, set()),
    "empty": (empty, set()),
    "missing": (missing, set()),
}
