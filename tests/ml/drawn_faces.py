"""Drawn people whom dlib's detector takes for faces and whom its network tells apart: no photo of anybody is needed.

Distances of the embeddings: one person at another size, place or light up to 0.25, different ones from 0.55.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.ml.media_files import make_clip

Colour = tuple[int, int, int]
_FINE = 4  # drawn so much larger and then reduced


@dataclass(frozen=True)
class Look:
    """What a person looks like; lengths are shares of the face."""

    skin: Colour
    hair: Colour | None
    wide: float
    tall: float
    apart: float  # eyes
    eye: float
    open: float
    brow: float
    nose: tuple[float, float]  # width, length
    mouth: tuple[float, float]  # width, height
    beard: Colour | None = None
    glasses: bool = False
    fringe: bool = True
    long_hair: bool = False


ANN = Look(
    (240, 200, 175), (190, 150, 80), 0.36, 0.50, 0.46, 0.26, 0.60, 0.35, (0.15, 0.30), (0.34, 0.08), long_hair=True
)
BOB = Look(
    (120, 80, 60),
    (20, 15, 12),
    0.42,
    0.50,
    0.42,
    0.19,
    0.45,
    1.0,
    (0.30, 0.34),
    (0.45, 0.10),
    (30, 22, 18),
    fringe=False,
)
CAL = Look((225, 180, 150), None, 0.40, 0.56, 0.42, 0.18, 0.40, 0.9, (0.20, 0.40), (0.38, 0.035), glasses=True)


def portrait(look: Look, size: int = 300, face: int = 200, at: tuple[int, int] = (0, 0), light: float = 1.0):
    """RGB (size, size, 3): the face so many pixels high, `at` so many pixels from the middle."""
    return np.clip(_drawn(look, size, face, at).astype(float) * light, 0, 255).astype(np.uint8)


def group(*looks: Look, size: int = 300):
    """People side by side."""
    return np.concatenate([portrait(look, size) for look in looks], axis=1)


def make_portrait_clip(path: Path, look: Look = ANN, seconds: float = 3, **kw) -> Path:
    """A clip in which the person wanders to and fro."""

    def show(time: float, size: tuple[int, int], colour: Colour):
        width, height = size
        canvas = np.full((height, width, 3), colour, np.uint8)
        left = (width - height) // 2 + round(np.sin(time) * (width - height) / 3)
        canvas[:, left : left + height] = portrait(look, height, round(height * 0.66))
        return canvas

    return make_clip(path, seconds, **{"size": (480, 270), "show": show} | kw)


def save(picture, path: Path) -> Path:
    Image.fromarray(picture).save(path)
    return path


@lru_cache(maxsize=64)
def _drawn(look: Look, size: int, face: int, at: tuple[int, int]):
    side = size * _FINE
    image = Image.new("RGB", (side, side), (110, 120, 130))
    _Painter(image, look, (side // 2 + at[0] * _FINE, side // 2 + at[1] * _FINE), face * _FINE).paint()
    small = image.filter(ImageFilter.GaussianBlur(_FINE * 1.6)).resize((size, size), Image.Resampling.LANCZOS)
    _, x = np.mgrid[:size, :size]
    lit = np.asarray(small) * (1 - 0.25 * ((x - size * 0.4) / size * 2) ** 2)[..., None]
    return np.clip(lit + np.random.default_rng(0).normal(0, 2, lit.shape), 0, 255).astype(np.uint8)


class _Painter:
    def __init__(self, image: Image.Image, look: Look, middle: tuple[int, int], face: int) -> None:
        self.draw, self.look = ImageDraw.Draw(image), look
        self.x, self.y = middle
        self.w, self.h = face * look.wide, face * look.tall
        self.eye_y = self.y - self.h * 0.17

    def paint(self) -> None:
        self._head()
        for side in (-1, 1):
            self._eye(self.x + side * self.w * self.look.apart)
        self._nose()
        self._mouth()

    def skin(self, light: float) -> Colour:
        return tuple(min(255, int(part * light)) for part in self.look.skin)

    def oval(self, x: float, y: float, w: float, h: float, fill: Colour | None, **kw) -> None:
        self.draw.ellipse((x - w, y - h, x + w, y + h), fill=fill, **kw)

    def _head(self) -> None:
        x, y, w, h, look = self.x, self.y, self.w, self.h, self.look
        if look.hair:
            self.draw.ellipse((x - w * 1.14, y - h * 1.17, x + w * 1.14, y + h * 0.6), fill=look.hair)
        if look.long_hair:
            self.draw.rectangle((x - w * 1.25, y - h * 0.3, x + w * 1.25, y + h * 1.3), fill=look.hair)
        self.draw.rectangle((x - w * 0.4, y + h * 0.7, x + w * 0.4, y + h * 1.6), fill=self.skin(0.8))
        self.oval(x, y, w, h, self.skin(1))
        if look.beard:
            self.draw.chord((x - w, y - h, x + w, y + h), 12, 168, fill=look.beard)
        if look.hair and look.fringe:
            self.draw.chord((x - w, y - h * 1.05, x + w, y + h * 0.2), 200, 340, fill=look.hair)
        for side in (-1, 1) if not look.beard else ():
            self.oval(x + side * w * 0.5, y + h * 0.125, w * 0.25, h * 0.225, self.skin(1.06))

    def _eye(self, x: float) -> None:
        y, look = self.eye_y, self.look
        w = self.w * look.eye
        h = w * look.open
        self.draw.ellipse((x - w * 1.45, y - h * 2.2, x + w * 1.45, y + h * 1.8), fill=self.skin(0.78))
        self.oval(x, y, w, h, (235, 235, 230))
        self.oval(x, y, h, h, (40, 25, 20))
        self.draw.line((x - w, y - h * 0.7, x, y - h * 1.2, x + w, y - h * 0.7), (25, 18, 15), int(h * 0.35))
        brow = y - h * 2.6
        points = (x - w * 1.3, brow + h * 0.4, x, brow - h * 0.2, x + w * 1.3, brow + h * 0.4)
        self.draw.line(points, look.hair or (70, 60, 50), max(2, int(h * look.brow)))
        if look.glasses:
            self.oval(x, y, w * 1.6, w * 1.2, None, outline=(15, 15, 15), width=int(w * 0.22))
            inner = x + (w * 1.6 if x < self.x else -w * 1.6)
            self.draw.line((inner, y, self.x, y), (15, 15, 15), int(w * 0.2))

    def _nose(self) -> None:
        x, y = self.x, self.eye_y
        w, h = self.w * self.look.nose[0], self.h * self.look.nose[1]
        self.draw.polygon((x - w * 0.4, y, x + w * 0.4, y, x + w, y + h, x - w, y + h), self.skin(0.93))
        ridge = (x - w * 0.2, y, x + w * 0.2, y, x + w * 0.35, y + h * 0.9, x - w * 0.35, y + h * 0.9)
        self.draw.polygon(ridge, self.skin(1.1))
        for side in (-1, 1):
            self.oval(x + side * w * 0.55, y + h, w * 0.3, w * 0.15, self.skin(0.45))

    def _mouth(self) -> None:
        x, y = self.x, self.y + self.h * 0.48
        w, h = self.w * self.look.mouth[0], self.h * self.look.mouth[1]
        red, green, blue = self.look.skin
        self.oval(x, y, w, h, (int(red * 0.78), green // 2, blue // 2))
        self.draw.line((x - w, y, x + w, y), self.skin(0.3), max(2, int(h * 0.35)))
        if not self.look.beard:
            self.oval(x, y + h * 1.9, w * 0.7, h * 0.5, self.skin(0.85))
