"""Backdrops that several scenes share: skylines, hills, stars, clouds, trees and spectators."""

from __future__ import annotations

from math import sin

import numpy as np

from annotation.demo.canvas import HEIGHT, WIDTH, Canvas, blend


def hills(
    canvas: Canvas,
    rng: np.random.Generator,
    base: float,
    height: float,
    fill: str,
    rough: float = 1.0,
    width: float = WIDTH,
) -> None:
    """A ridge that fills everything below it; a rough one is a mountain range."""
    phases = rng.uniform(0, 6.28, 5)
    ridge = []
    for x in range(0, int(width) + 4, 4):
        angle = 2 * np.pi * x / width  # whole periods, so that the layer can be repeated sideways
        wave = sum(sin(k * angle + phase) / k**1.1 for k, phase in zip((1, 2, 5, 11, 19), phases, strict=True))
        jag = rough * (abs(sin(7 * angle + phases[0])) + 0.5 * abs(sin(17 * angle + phases[1]))) / 2
        ridge.append((float(x), base - height * (0.45 + 0.2 * wave + 0.35 * jag)))
    canvas.polygon([*ridge, (width + 4, HEIGHT + 2), (0, HEIGHT + 2)], fill)


def skyline(
    canvas: Canvas, rng: np.random.Generator, base: float, height: float, wall: str, window: str, lit: float = 0.4
) -> None:
    """Houses standing on `base`; a share `lit` of their windows is lit."""
    x = -10.0
    while x < WIDTH:
        width = float(rng.uniform(34, 74))
        tall = height * float(rng.uniform(0.45, 1.0))
        shade = blend(wall, "#000000", float(rng.uniform(0, 0.3)))
        canvas.rect(x, base - tall, width, tall, shade)
        canvas.rect(x, base - tall, 3, tall, blend(shade, "#ffffff", 0.12))
        if rng.random() < 0.3:
            canvas.line([(x + width / 2, base - tall), (x + width / 2, base - tall - 18)], shade, 2)
        for row in np.arange(base - tall + 7, base - 8, 11):
            for column in np.arange(x + 6, x + width - 8, 10):
                glass = window if rng.random() < lit else blend(shade, "#9db4d0", 0.18)
                canvas.rect(float(column), float(row), 5, 6, glass)
        x += width + float(rng.uniform(0, 5))


def stars(canvas: Canvas, rng: np.random.Generator, count: int, depth: float) -> None:
    """Faint to bright stars between the top and `depth`."""
    for x, y, size in zip(
        rng.uniform(0, WIDTH, count), rng.uniform(0, depth, count), rng.power(0.4, count), strict=True
    ):
        canvas.circle(float(x), float(y), 0.4 + 1.0 * float(size), "#ffffff", 0.35 + 0.6 * float(size))


def cloud(canvas: Canvas, x: float, y: float, size: float, fill: str = "#ffffff", alpha: float = 0.85) -> None:
    for dx, dy, radius in ((-1.1, 0.15, 0.5), (-0.5, -0.15, 0.65), (0.2, -0.25, 0.75), (0.9, 0.1, 0.55)):
        canvas.circle(x + dx * size, y + dy * size, radius * size, fill, alpha)
    canvas.rect(x - 1.5 * size, y + 0.1 * size, 2.9 * size, 0.5 * size, fill, 0.25 * size, alpha)


def pine(canvas: Canvas, x: float, y: float, height: float, fill: str, snow: str | None = None) -> None:
    """A fir whose foot is at (x, y)."""
    canvas.rect(x - height * 0.04, y - height * 0.15, height * 0.08, height * 0.15, "#4a3426")
    for top, width in ((0.1, 0.36), (0.35, 0.28), (0.6, 0.19)):
        tip, low = y - height * (top + 0.42), y - height * top
        canvas.polygon([(x, tip), (x - width * height, low), (x + width * height, low)], fill)
        if snow:
            middle = tip + (low - tip) * 0.45
            canvas.polygon(
                [(x, tip), (x - width * height * 0.45, middle), (x, middle - 2), (x + width * height * 0.45, middle)],
                snow,
            )


def tree(canvas: Canvas, x: float, y: float, height: float, fill: str) -> None:
    canvas.rect(x - height * 0.05, y - height * 0.4, height * 0.1, height * 0.4, "#5b4030")
    for dx, dy, radius in ((-0.22, 0.55, 0.2), (0.2, 0.55, 0.22), (0, 0.75, 0.26)):
        canvas.circle(x + dx * height, y - dy * height, radius * height, fill)
        canvas.circle(
            x + dx * height - radius * height * 0.25,
            y - dy * height - radius * height * 0.25,
            radius * height * 0.5,
            blend(fill, "#ffffff", 0.15),
        )


def spectators(canvas: Canvas, rng: np.random.Generator, top: float, rows: int, base: str = "#2a2f45") -> None:
    """A stand full of people, one row every 16 units."""
    shirts = ("#d9534f", "#f0ad4e", "#5bc0de", "#e8e8e8", "#7a6ff0", "#4caf7a", "#c2c7d6")
    canvas.rect(0, top - 12, WIDTH, rows * 16 + 14, base)
    for row in range(rows):
        y = top + row * 16
        for x in range((row % 2) * 7, WIDTH + 10, 14):
            wobble = float(rng.uniform(-2, 2))
            canvas.ellipse(x + wobble, y + 10, 7, 8, shirts[int(rng.integers(len(shirts)))], 0.8)
            canvas.circle(x + wobble, y, 4.4, ("#e8bd94", "#b98257", "#7d5137")[int(rng.integers(3))])
        canvas.rect(0, y + 12, WIDTH, 5, blend(base, "#000000", 0.25))
