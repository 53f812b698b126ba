"""Whether a confidence of 0.8 means that reviewers accept eight of ten, by model version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.quality import charts, intervals
from annotation.quality.intervals import Interval
from annotation.quality.scope import Scope
from annotation.quality.tables import Table, interval
from ml.registry.models import ModelVersion

NEWEST = 6  # versions on the page
BINS = """
SELECT model_version_id, bin, sum(shown), sum(accepted), sum(confidence) / sum(shown),
       sum(audit_shown), sum(audit_accepted), sum(audit_confidence) / nullif(sum(audit_shown), 0)
FROM annotation_confidencesum
WHERE business_line_id = ANY(%(lines)s) AND {spans} AND model_version_id IS NOT NULL
GROUP BY 1, 2 HAVING sum(shown) > 0 ORDER BY 1 DESC, 2
"""


@dataclass(frozen=True, slots=True)
class Bin:
    version: int
    bin: int
    shown: int
    accepted: int
    confidence: float  # on average
    audit_shown: int
    audit_accepted: int
    audit_confidence: float | None

    @property
    def share(self) -> Interval:
        found = intervals.share(self.accepted, self.shown)
        assert found
        return found


@dataclass(frozen=True)
class Reliability:
    """`error` is the expected calibration error over what reviewers saw, `audit_error` over the audit slice."""

    version: ModelVersion
    bins: list[Bin]
    error: float
    audit_error: float | None
    plot: charts.Square

    @property
    def shown(self) -> int:
        return sum(part.shown for part in self.bins)


COLUMNS = ("version", "bin", "confidence", "shown", "accepted", *interval("share"), "audit_shown", "audit_accepted")


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    bins = scope.read(Bin, BINS)
    by_version: dict[int, list[Bin]] = defaultdict(list)
    for part in bins:
        by_version[part.version].append(part)
    versions = ModelVersion.objects.in_bulk(sorted(by_version, reverse=True)[:NEWEST])
    shown = [_reliability(versions[pk], by_version[pk]) for pk in sorted(versions, reverse=True)]
    return {"versions": shown, "tables": {"calibration": Table(COLUMNS, bins)}}


def _reliability(version: ModelVersion, bins: list[Bin]) -> Reliability:
    error = _error([(part.confidence, part.accepted, part.shown) for part in bins])
    audit = _error([(part.audit_confidence or 0.0, part.audit_accepted, part.audit_shown) for part in bins])
    dots = [(part.confidence, part.share, part.shown) for part in bins]
    return Reliability(version, bins, error or 0.0, audit, charts.square(dots))


def _error(bins: list[tuple[float, int, int]]) -> float | None:
    """Guo et al. 2017, arXiv:1706.04599, eq. 3."""
    shown = sum(count for _confidence, _accepted, count in bins)
    return sum(abs(accepted - confidence * count) for confidence, accepted, count in bins) / shown if shown else None
