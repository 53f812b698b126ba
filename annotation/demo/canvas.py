"""Anti-aliased drawing: everything is drawn at twice the size and halved at the end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 640, 360
SCALE = 2
Point = tuple[float, float]


@lru_cache(maxsize=512)
def colour(name: str, alpha: float = 1.0) -> tuple[int, int, int, int]:
    """`#rrggbb` and an opacity in [0, 1] as RGBA."""
    red, green, blue = ImageColor.getrgb(name)[:3]
    return red, green, blue, round(255 * min(1.0, max(0.0, alpha)))


def blend(first: str, second: str, share: float) -> str:
    """The colour that lies `share` of the way from the first to the second."""
    mixed = [round(a + (b - a) * share) for a, b in zip(colour(first)[:3], colour(second)[:3], strict=True)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def between(start: float, end: float, share: float) -> float:
    """The value that lies `share` of the way from start to end."""
    return start + (end - start) * share


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)  # the one inside Pillow: no font of the machine is needed


@lru_cache(maxsize=64)
def _glow(radius: int, name: str, strength: float) -> Image.Image:
    axis = np.linspace(-1, 1, 2 * radius, dtype=np.float32)
    fall = np.clip(1 - np.hypot(axis[:, None], axis[None, :]), 0, 1) ** 2
    picture = Image.new("RGBA", (2 * radius, 2 * radius), colour(name)[:3])
    picture.putalpha(Image.fromarray((fall * strength * 255).astype(np.uint8)))
    return picture


class Canvas:
    """A picture of `width` x `height` drawing units; x goes right, y goes down, angles are in degrees."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self._draw = ImageDraw.Draw(image, "RGBA")

    @classmethod
    def gradient(cls, *stops: str, width: float = WIDTH, height: float = HEIGHT) -> Canvas:
        """Colours from top to bottom, evenly spaced."""
        rows = np.linspace(0, len(stops) - 1, int(height * SCALE))
        channels = np.array([colour(stop)[:3] for stop in stops], float).T
        column = np.stack([np.interp(rows, range(len(stops)), channel) for channel in channels], axis=-1)
        pixels = np.repeat(column[:, None].round().astype(np.uint8), int(width * SCALE), axis=1)
        return cls(Image.fromarray(pixels))

    @classmethod
    def layer(cls, width: float = WIDTH, height: float = HEIGHT) -> Canvas:
        """A transparent layer, to be pasted onto another canvas."""
        return cls(Image.new("RGBA", (int(width * SCALE), int(height * SCALE))))

    def copy(self) -> Canvas:
        return Canvas(self.image.copy())

    def picture(self) -> Image.Image:
        """The finished RGB picture in drawing units."""
        return self.image.reduce(SCALE)

    def blur(self, radius: float) -> Canvas:
        return Canvas(self.image.filter(ImageFilter.GaussianBlur(radius * SCALE)))

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str, alpha: float = 1.0) -> None:
        self._draw.ellipse(_box(x - rx, y - ry, x + rx, y + ry), fill=colour(fill, alpha))

    def circle(self, x: float, y: float, radius: float, fill: str, alpha: float = 1.0) -> None:
        self.ellipse(x, y, radius, radius, fill, alpha)

    def ring(self, x: float, y: float, rx: float, ry: float, fill: str, width: float = 1, alpha: float = 1.0) -> None:
        self._draw.ellipse(
            _box(x - rx, y - ry, x + rx, y + ry), outline=colour(fill, alpha), width=max(1, round(width * SCALE))
        )

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0, alpha: float = 1.0
    ) -> None:
        box = _box(x, y, x + width, y + height)
        if radius:
            self._draw.rounded_rectangle(box, radius * SCALE, fill=colour(fill, alpha))
        else:
            self._draw.rectangle(box, fill=colour(fill, alpha))

    def polygon(self, points: Sequence[Point], fill: str, alpha: float = 1.0) -> None:
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour(fill, alpha))

    def line(self, points: Sequence[Point], fill: str, width: float = 1, alpha: float = 1.0) -> None:
        self._draw.line(
            [(x * SCALE, y * SCALE) for x, y in points],
            fill=colour(fill, alpha),
            width=max(1, round(width * SCALE)),
            joint="curve",
        )

    def limb(self, points: Sequence[Point], fill: str, width: float) -> None:
        """A thick line with round ends."""
        self.line(points, fill, width)
        for x, y in (points[0], points[-1]):
            self.circle(x, y, width / 2, fill)

    def arc(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, fill: str, width: float = 1
    ) -> None:
        box = _box(x - rx, y - ry, x + rx, y + ry)
        self._draw.arc(box, start, end, fill=colour(fill), width=max(1, round(width * SCALE)))

    def pie(self, x: float, y: float, rx: float, ry: float, start: float, end: float, fill: str) -> None:
        self._draw.pieslice(_box(x - rx, y - ry, x + rx, y + ry), start, end, fill=colour(fill))

    def glow(self, x: float, y: float, radius: float, fill: str, strength: float = 0.6) -> None:
        """Soft light around a point."""
        steps = max(1, round(radius * SCALE / 4)) * 4  # few sizes, so that the cache is hit
        light = _glow(steps, fill, round(strength * 20) / 20)
        self.image.paste(light, (round(x * SCALE) - steps, round(y * SCALE) - steps), light)

    def text(self, x: float, y: float, words: str, size: float, fill: str, anchor: str = "mm") -> None:
        self._draw.text(
            (x * SCALE, y * SCALE), words, fill=colour(fill), font=_font(round(size * SCALE)), anchor=anchor
        )

    def paste(self, layer: Canvas, x: float = 0, y: float = 0) -> None:
        """Lay another canvas over this one, its upper left corner at (x, y)."""
        self.image.paste(layer.image, (round(x * SCALE), round(y * SCALE)), layer.image)


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return left * SCALE, top * SCALE, max(left, right) * SCALE, max(top, bottom) * SCALE
