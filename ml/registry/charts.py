"""Small charts as SVG coordinates: drawn by the server, so they need no script and are there without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from ml.registry.part_names import part_name, stage_name

WIDTH, HEIGHT = 600, 200
SQUARE = 240
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 10, 22  # room for the labels of the axes


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    title: str = ""


@dataclass(frozen=True)
class Loss:
    """The loss curve of one training stage."""

    stage: str
    points: str  # of an SVG polyline
    steps: int
    first: float
    last: float
    highest: float
    lowest: float


@dataclass(frozen=True)
class Reliability:
    """How often the stack was right, against how sure it was. On the diagonal it is neither bold nor shy."""

    points: str
    dots: Sequence[Point]


@dataclass(frozen=True)
class Namings:
    """How often the program named is the right one, against the share of clips that are given one."""

    plot: Reliability
    wanted: float
    best: Mapping[str, Any] | None  # the step with the most clips of which so many are named rightly

    @property
    def wanted_percent(self) -> int:
        return round(100 * self.wanted)

    @property
    def wanted_y(self) -> float:
        return _dot(0.0, self.wanted, "").y

    @property
    def named_percent(self) -> int:
        return round(100 * self.best["named"]) if self.best else 0


@dataclass(frozen=True)
class LineReliability:
    """The same for the reviewers of one business line, whose own calibration bends the shared confidence."""

    name: str
    plot: Reliability
    videos: int
    error: float  # of the calibration
    shared_error: float  # of the shared confidence
    slope: float
    offset: float


@dataclass(frozen=True)
class Bar:
    name: str
    value: float  # 0..1

    @property
    def percent(self) -> float:
        return round(100 * self.value, 1)


def losses(curves: Mapping[str, Sequence[Sequence[float]]]) -> list[Loss]:
    """One chart a stage; stages with fewer than two points have nothing to draw yet."""
    return [_loss(stage, points) for stage, points in curves.items() if len(points) > 1]


def reliability(curve: Sequence[Mapping[str, Any]]) -> Reliability | None:
    """From bins of {"confidence", "accuracy", "count"}."""
    if not curve:
        return None
    return _square(
        _dot(
            part["confidence"],
            part["accuracy"],
            f"{part['confidence']:.2f} → {part['accuracy']:.2f} ({part['count']})",
        )
        for part in curve
    )


def namings(curve: Sequence[Mapping[str, Any]], wanted: float = 0.95) -> Namings | None:
    """From steps of {"confidence", "named", "right", "count"}, as few clips named as possible first."""
    if not curve:
        return None
    plot = _square(
        _dot(
            step["named"],
            step["right"],
            f"≥ {step['confidence']:.2f}: {step['named']:.2f} → {step['right']:.2f} ({step['count']})",
        )
        for step in curve
    )
    return Namings(plot, wanted, next((step for step in reversed(curve) if step["right"] >= wanted), None))


def line_reliability(lines: Mapping[str, Mapping[str, Any]]) -> list[LineReliability]:
    """By business line, from a version's metrics; a line without test videos has nothing to draw."""
    language = (get_language() or "en").partition("-")[0]
    found = []
    for line, told in sorted(lines.items(), key=lambda item: int(item[0])):
        if plot := reliability(told["reliability"]):
            name = told["names"].get(language) or told["names"].get("en") or line
            numbers = (told[n] for n in ("videos", "ece", "ece_shared", "slope", "offset"))
            found.append(LineReliability(name, plot, *numbers))
    return found


def bars(values: Mapping[str, float]) -> list[Bar]:
    """Best first, named as people know them; all recallers together on top."""
    best_first = sorted(values.items(), key=lambda item: (item[0] != "union", -item[1], item[0]))
    return [Bar(part_name(name), value) for name, value in best_first]


def _dot(x: float, y: float, title: str) -> Point:
    """Of two shares, in the square."""
    width, height = SQUARE - LEFT - RIGHT, SQUARE - TOP - BOTTOM
    return Point(round(LEFT + width * x, 1), round(TOP + height * (1 - y), 1), title)


def _square(dots: Iterable[Point]) -> Reliability:
    placed = list(dots)
    return Reliability(" ".join(f"{dot.x},{dot.y}" for dot in placed), placed)


def _loss(stage: str, points: Sequence[Sequence[float]]) -> Loss:
    steps, values = zip(*points, strict=True)
    lowest, highest = min(values), max(values)
    across = (WIDTH - LEFT - RIGHT) / ((steps[-1] - steps[0]) or 1)
    up = (HEIGHT - TOP - BOTTOM) / ((highest - lowest) or 1)
    drawn = " ".join(
        f"{LEFT + across * (step - steps[0]):.1f},{TOP + up * (highest - value):.1f}" for step, value in points
    )
    return Loss(stage_name(stage), drawn, int(steps[-1]), values[0], values[-1], highest, lowest)
