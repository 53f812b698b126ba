"""What every scene is: a still background, things that move over it, and a sound."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

import numpy as np
from PIL import Image

from annotation.demo.canvas import Canvas
from annotation.demo.sounds import Track

FPS = 15
T = TypeVar("T")


class Scene(ABC):
    """One kind of clip. The seed decides everything that varies, so a clip is always drawn alike."""

    def __init__(self, seed: int, seconds: float) -> None:
        self.seed = seed
        self.seconds = seconds
        self.rng = np.random.default_rng(seed)
        self.background = self.still()

    @abstractmethod
    def still(self) -> Canvas:
        """What does not move; drawn once."""

    @abstractmethod
    def draw(self, canvas: Canvas, time: float) -> None:
        """Draw what moves, at `time` seconds, over a copy of the background."""

    @abstractmethod
    def sound(self, track: Track) -> None:
        """Mix the sound of the whole clip."""

    def frame(self, time: float) -> Image.Image:
        """The picture at `time` seconds."""
        canvas = self.background.copy()
        self.draw(canvas, time)
        return canvas.picture()

    def variant(self, *options: T) -> T:
        """The look of this clip: seeds 0, 1, 2 take the first, second, third option, and so on around."""
        return options[self.seed % len(options)]

    def spread(self, count: int, low: float, high: float) -> list[float]:
        """`count` seeded random numbers between low and high."""
        return [float(value) for value in self.rng.uniform(low, high, count)]
