"""A version beside the active one: what a person looks at before promoting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ml.registry import charts, promotion
from ml.registry.facts import Fact
from ml.registry.models import ModelVersion
from ml.registry.objections import METRICS, better


@dataclass(frozen=True)
class Row:
    """One metric of both; what was not measured is None."""

    metric: str
    name: str
    value: float | None
    active: float | None

    @property
    def change(self) -> float | None:
        return None if self.value is None or self.active is None else self.value - self.active

    @property
    def verdict(self) -> str:
        """good, bad or nothing: the class of its chip."""
        if not self.change or abs(self.change) < 0.0005:  # equal in the three digits shown
            return ""
        return "good" if better(self.metric, self.value or 0.0, self.active or 0.0) else "bad"


@dataclass(frozen=True)
class Comparison:
    version: ModelVersion
    rows: list[Row]
    objections: list[str]
    stale: Fact | None = None  # of its tags

    @property
    def rolls_back(self) -> bool:
        """Whether promoting it would be going back."""
        return self.version.state == ModelVersion.State.RETIRED

    @property
    def reliability(self) -> charts.Reliability | None:
        return charts.reliability(self.version.metrics.get("reliability", []))

    @property
    def programs(self) -> charts.Namings | None:
        return charts.namings(self.version.metrics.get("programs", []))

    @property
    def lines(self) -> list[charts.LineReliability]:
        """How well confidences hold for each business line."""
        return charts.line_reliability(self.version.metrics.get("lines", {}))

    @property
    def recallers(self) -> list[charts.Bar]:
        return charts.bars(self.version.metrics.get("recallers", {}))

    @property
    def test_videos(self) -> int:
        return int(self.version.metrics.get("videos", 0))


def compare(version: ModelVersion, active: ModelVersion | None, stale: Fact | None = None) -> Comparison:
    """`version` against `active`, on the same test videos where both were measured on them."""
    mine: Any = version.metrics
    theirs: Any = {}
    if active and active != version:
        mine, theirs = promotion.same_test(version, active)
    rows = [Row(metric, str(name), mine.get(metric), theirs.get(metric)) for metric, name in METRICS.items()]
    return Comparison(version, rows, promotion.objections_to(version, active), stale)
