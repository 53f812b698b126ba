"""Curves as a picture: one SVG file that needs nothing else, each line named where it ends. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from annotation.simulation.curves import Curve

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 56, 130, 34, 40
COLOURS = ("#888888", "#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#d62728")
STEP = 13  # between the names of two lines


@dataclass(frozen=True)
class Plane:
    """Where numbers lie in the picture: labels by their logarithm, scores upwards."""

    least: int
    most: int
    low: float
    high: float

    def x(self, labels: float) -> float:
        share = math.log(labels / self.least) / max(math.log(self.most / self.least), 1e-9)
        return LEFT + (WIDTH - LEFT - RIGHT) * share

    def y(self, score: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (score - self.low) / max(self.high - self.low, 1e-9)

    def points(self, pairs: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{self.x(labels):.1f},{self.y(score):.1f}" for labels, score in pairs)


def svg(curves: Sequence[Curve], title: str, goal: float) -> str:
    """Curves of one metric with their bands; the goal is a dashed line."""
    ends = [n for curve in curves for n in (curve.labels[0], curve.labels[-1])]
    low, high = min(min(c.low) for c in curves), max(goal, *(max(c.high) for c in curves))
    plane = Plane(min(ends), max(ends), low, high)
    parts = [f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>', *_axes(plane)]
    parts.append(_across(plane.y(goal), "#444444", ' stroke-dasharray="4 3"'))
    for place, curve in enumerate(curves):
        parts += _line(curve, COLOURS[place % len(COLOURS)], plane)
    parts += _names(curves, plane)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
    return f'{head} font-size="11"><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{"".join(parts)}</svg>\n'


def _axes(plane: Plane) -> list[str]:
    parts = []
    for score in (plane.low + (plane.high - plane.low) * n / 4 for n in range(5)):
        parts.append(_across(plane.y(score), "#dddddd"))
        parts.append(f'<text x="{LEFT - 6}" y="{plane.y(score) + 4:.1f}" text-anchor="end">{score:.2f}</text>')
    for n in (n * 10**power for power in range(7) for n in (1, 2, 5)):
        if plane.least <= n <= plane.most:
            parts.append(f'<text x="{plane.x(n):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{n}</text>')
    return parts


def _line(curve: Curve, colour: str, plane: Plane) -> list[str]:
    above, below = (list(zip(curve.labels, side, strict=True)) for side in (curve.high, curve.low))
    line = plane.points(zip(curve.labels, curve.mean, strict=True))
    return [
        f'<polygon points="{plane.points([*above, *reversed(below)])}" fill="{colour}" opacity="0.12"/>',
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.8"/>',
    ]


def _names(curves: Sequence[Curve], plane: Plane) -> list[str]:
    """Beside the ends of the lines, moved apart where they would cover each other."""
    parts, last = [], 0.0
    for place in sorted(range(len(curves)), key=lambda i: plane.y(curves[i].mean[-1])):
        last = max(plane.y(curves[place].mean[-1]) + 4, last + STEP)
        name, colour = escape(curves[place].strategy), COLOURS[place % len(COLOURS)]
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{last:.1f}" fill="{colour}">{name}</text>')
    return parts


def _across(y: float, colour: str, more: str = "") -> str:
    return f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{colour}"{more}/>'
