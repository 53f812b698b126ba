"""How many labels each strategy of choosing clips needs, from the files that simulations keep on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.quality import charts
from annotation.quality.scope import Scope
from annotation.quality.tables import Table

NEWEST = 8  # simulations on the page
# What the page calls strategies; files and the API name them as commands do.
NAMES = {
    "random": gettext_lazy("by lot"),
    "least_confidence": gettext_lazy("least confidence"),
    "margin": gettext_lazy("smallest margin"),
    "entropy": gettext_lazy("entropy"),
    "disagreement": gettext_lazy("disagreement"),
    "core_set": gettext_lazy("core set"),
    "coverage": gettext_lazy("coverage"),
    "design": gettext_lazy("design"),
    "mixture": gettext_lazy("mixture"),
}
LOOKS = {"mixture": "", "random": "before"}  # of the curves; the others stay in the background


@dataclass(frozen=True, slots=True)
class Step:
    """What a strategy reached with so many labelled clips, with the 95 % band over seeds."""

    simulation: str
    metric: str
    strategy: str
    labels: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Need:
    """The labels for 90 % of what all labels are good for; None where half of the seeds did not get there."""

    simulation: str
    metric: str
    strategy: str
    labels: float | None
    of_random: float | None

    @property
    def name(self) -> str:
        return _name(self.strategy)


@dataclass(frozen=True)
class Picture:
    metric: str
    title: str
    plot: charts.Lines
    needs: list[Need]


@dataclass(frozen=True)
class Simulation:
    name: str
    at: Any
    pool: int
    judged: int
    tags: int
    seeds: int
    pictures: list[Picture]


def _name(strategy: str) -> str:
    """In the reader's language; a strategy that is no longer there by the name its file has."""
    return str(NAMES.get(strategy, strategy))


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    """Neither the line nor the period matters: simulations replay a set of their own."""
    told, broken = _read(Path(settings.SIMULATION_ROOT), None if whole else NEWEST)
    needs = [need for each in told for metric in sorted(each["whole"]) for need in _needs(each, metric)]
    tables = {"curves": Table(Step.__slots__, _steps(told)), "needs": Table(Need.__slots__, needs)}
    return {"simulations": [_simulation(each) for each in told], "broken": broken, "tables": tables}


def _read(folder: Path, limit: int | None) -> tuple[list[dict[str, Any]], list[str]]:
    """Newest first, and the names of files that are no such thing."""
    files = sorted(folder.glob("*.json"), key=lambda file: -file.stat().st_mtime)[:limit]
    told, broken = [], []
    for file in files:
        try:
            found = json.loads(file.read_text())
            _steps([found])
            _simulation(found)
            told.append(found)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            broken.append(file.name)
    return told, broken


def _steps(told: Sequence[Mapping[str, Any]]) -> list[Step]:
    return [
        Step(each["name"], curve["metric"], curve["strategy"], *point)
        for each in told
        for curve in each["curves"]
        for point in zip(curve["labels"], curve["mean"], curve["low"], curve["high"], strict=True)
    ]


def _simulation(told: Mapping[str, Any]) -> Simulation:
    titles = {"tags": _("Mean average precision over tags"), "clips": _("nDCG@5 over clips")}
    pictures = [
        Picture(metric, titles.get(metric, metric), _plot(told, metric), _needs(told, metric))
        for metric in sorted(told["whole"], reverse=True)
    ]
    numbers = (told["pool"], told["judged"], told["tags"], told["seeds"])
    return Simulation(told["name"], parse_datetime(told["at"]), *numbers, pictures)


def _plot(told: Mapping[str, Any], metric: str) -> charts.Lines:
    chosen = sorted((c for c in told["curves"] if c["metric"] == metric), key=lambda c: c["strategy"] in LOOKS)
    lines = [
        charts.Series(
            _name(curve["strategy"]),
            LOOKS.get(curve["strategy"], "faint"),
            list(zip(curve["labels"], curve["mean"], strict=True)),
            list(zip(curve["low"], curve["high"], strict=True)) if curve["strategy"] in LOOKS else [],
        )
        for curve in chosen
    ]
    return charts.lines(lines, told["goal"][metric])


def _needs(told: Mapping[str, Any], metric: str) -> list[Need]:
    """The fewest labels first."""
    typical = {curve["strategy"]: curve["typical"] for curve in told["curves"] if curve["metric"] == metric}
    base = typical.get("random")
    needs = [
        Need(told["name"], metric, strategy, labels, labels / base if labels and base else None)
        for strategy, labels in typical.items()
    ]
    return sorted(needs, key=lambda need: (need.labels is None, need.labels or 0, need.strategy))
