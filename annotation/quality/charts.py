"""Coordinates of the plots, drawn by the server as SVG. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

from annotation.quality.intervals import Interval

WIDTH, HEIGHT = 600, 200
SQUARE = 240
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 10, 22  # room for the labels of the axes


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at a place of an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Curve:
    name: str
    points: str  # of an SVG polyline
    look: str = ""  # its class: before, good, bad


@dataclass(frozen=True)
class Plot:
    curves: Sequence[Curve]
    across: Sequence[Mark]
    up: Sequence[Mark]
    bands: Sequence[str] = ()  # polygons of intervals, one a curve that has any


@dataclass(frozen=True, slots=True)
class Dot:
    """A share with its interval, in a square whose sides are shares."""

    x: float
    y: float
    low: float
    high: float
    size: float
    title: str


@dataclass(frozen=True)
class Square:
    """A diagram of two shares; on the diagonal they are the same."""

    points: str
    dots: Sequence[Dot]


def square(shares: Sequence[tuple[float, Interval, int]]) -> Square:
    """Of (share across, share up with its interval, how many are behind it)."""
    most = max((count for _across, _up, count in shares), default=1)
    dots = [
        Dot(
            _across(across),
            _up(up.value),
            _up(up.low),
            _up(up.high),
            round(2 + 3 * (count / most) ** 0.5, 1),
            f"{across:.2f} → {up.value:.2f} ({count:,})",
        )
        for across, up, count in shares
    ]
    return Square(" ".join(f"{dot.x},{dot.y}" for dot in dots), dots)


@dataclass(frozen=True)
class Series:
    """A line through points; with a band if it has bounds at each of them."""

    name: str
    look: str
    points: Sequence[tuple[float, float]]
    bounds: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """Of a line, where it ends."""

    x: float
    y: float
    text: str
    look: str


@dataclass(frozen=True)
class Lines:
    """`goal` is the height of a dashed line across."""

    curves: Sequence[Curve]
    bands: Sequence[str]
    names: Sequence[Name]
    across: Sequence[Mark]
    up: Sequence[Mark]
    goal: float


NAMES, NAME_HEIGHT = 110, 13  # room at the right, and for each name


def lines(series: Sequence[Series], goal: float) -> Lines:
    """Over the logarithm of what is counted across, each line named where it ends."""
    xs = [x for line in series for x, _y in line.points]
    ys = [y for line in series for _x, y in line.points] + [goal]
    ys += [side for line in series for sides in line.bounds for side in sides]
    least, most, low, high = min(xs), max(xs), min(ys), max(ys)
    width = WIDTH - LEFT - RIGHT - NAMES

    def place(x: float, y: float) -> tuple[float, float]:
        share = log10(x / least) / (log10(most / least) or 1)
        return round(LEFT + width * share, 1), round(
            TOP + (HEIGHT - TOP - BOTTOM) * (high - y) / ((high - low) or 1), 1
        )

    def drawn(points: Sequence[tuple[float, float]]) -> str:
        return " ".join("{},{}".format(*place(x, y)) for x, y in points)

    bands = []
    for line in (line for line in series if line.bounds):
        above = [(x, high) for (x, _y), (_low, high) in zip(line.points, line.bounds, strict=True)]
        below = [(x, low) for (x, _y), (low, _high) in zip(line.points, line.bounds, strict=True)]
        bands.append(drawn([*above, *reversed(below)]))
    names, last = [], 0.0
    for line in sorted(series, key=lambda line: -line.points[-1][1]):
        x, y = place(*line.points[-1])
        last = max(y + 4, last + NAME_HEIGHT)
        names.append(Name(x + 6, last, line.name, line.look))
    return Lines(
        [Curve(line.name, drawn(line.points), line.look) for line in series],
        bands,
        names,
        [Mark(place(x, low)[0], f"{x:,.0f}") for x in (least, most)],
        [Mark(place(least, y)[1], f"{y:.2f}") for y in (high, low)],
        place(least, goal)[1],
    )


def curves(
    values: Mapping[str, Sequence[float | None]],
    labels: Sequence[str],
    *,
    looks: Sequence[str] = ("", "good", "bad", "before"),
    top: float | None = None,
    bands: Mapping[str, Sequence[tuple[float, float]]] | None = None,
) -> Plot | None:
    """A curve a name over equally wide steps, one a label; None has no point. None when there is nothing to draw.

    `bands` are the bounds around a curve, one pair a step. `top` is the end of the axis, else a round number.
    """
    told = [value for series in values.values() for value in series if value is not None]
    if len(labels) < 2 or not told:
        return None
    top = top or ceiling(max(told + [high for band in (bands or {}).values() for _low, high in band]))
    drawn = [
        Curve(name, _points(enumerate(series), len(labels), top), looks[place % len(looks)])
        for place, (name, series) in enumerate(values.items())
    ]
    areas = [
        _points([*enumerate(high for _low, high in band), *reversed([*enumerate(low for low, _high in band)])],
                len(labels), top)
        for band in (bands or {}).values()
    ]  # fmt: skip
    ends = [Mark(_x(0, len(labels)), labels[0]), Mark(_x(len(labels) - 1, len(labels)), labels[-1])]
    return Plot(drawn, ends, [Mark(_y(top, top), number(top)), Mark(_y(0, top), "0")], areas)


def ceiling(value: float) -> float:
    """The next round number: 1, 2 or 5 and zeros."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(value))
    return float(next(step * unit for step in (1, 2, 5, 10) if value <= step * unit * (1 + 1e-9)))


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _across(share: float) -> float:
    return round(LEFT + (SQUARE - LEFT - RIGHT) * share, 1)


def _up(share: float) -> float:
    return round(TOP + (SQUARE - TOP - BOTTOM) * (1 - share), 1)


def _points(places: object, count: int, top: float) -> str:
    return " ".join(f"{_x(step, count)},{_y(value, top)}" for step, value in places if value is not None)  # type: ignore[attr-defined]


def _x(step: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * step / max(count - 1, 1), 1)


def _y(value: float, top: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(value / top, 1)), 1)
