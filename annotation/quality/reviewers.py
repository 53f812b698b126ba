"""What each reviewer does otherwise than the others: acceptance of equally sure proposals, speed, corrections.

Reviewers see different clips, so plain rates of acceptance do not compare. Each one's proposals are held against what
the others accepted of proposals that the models were equally sure of (ten bins of confidence, each line for itself).
Accepting too much is what a tired reviewer does; accepting too little, what a strict or a misled one does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from annotation.quality import accuracy, intervals
from annotation.quality.intervals import Interval
from annotation.quality.scope import Scope
from annotation.quality.tables import Table, interval

BINS = """
SELECT business_line_id, bin, reviewer_id, sum(shown), sum(accepted) FROM annotation_confidencesum
WHERE business_line_id = ANY(%(lines)s) AND {spans} GROUP BY 1, 2, 3 HAVING sum(shown) > 0
"""
WORK = """
SELECT reviewer_id, coalesce(nullif(first_name, ''), username), sum(reviews), sum(seconds) / nullif(sum(timed), 0),
       sum(keystrokes)::float8 / nullif(sum(counted), 0), sum(edits)::float8 / nullif(sum(counted), 0),
       sum(accepted), sum(rejected + replaced), sum(added)
FROM annotation_workday JOIN auth_user ON auth_user.id = reviewer_id
WHERE business_line_id = ANY(%(lines)s) AND {days}
GROUP BY reviewer_id, first_name, username HAVING sum(reviews) > 0 ORDER BY sum(reviews) DESC, reviewer_id LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """Proposals of about one confidence that one reviewer of one line judged."""

    line: int
    bin: int
    reviewer: int
    shown: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Work:
    reviewer: int
    name: str
    reviews: int
    seconds: float | None  # a review, as the next two
    keystrokes: float | None
    edits: float | None
    accepted: int
    corrected: int
    added: int


@dataclass(frozen=True, slots=True)
class Reviewer(Work):
    """`acceptance` of all proposals; `excess` of accepted ones over what the others accept of the like, in verdicts.

    `wrong` is the share of wrong answers on gold clips, else on clips that others reviewed too; `seeds` that of seeded
    wrong tags given.
    """

    shown: int
    acceptance: Interval | None
    excess: Interval | None
    wrong: Interval | None
    gold: bool  # whether that is known from gold clips
    seeds: Interval | None

    @property
    def corrections(self) -> float:
        """Tags a clip that were refused, replaced or added."""
        return (self.corrected + self.added) / self.reviews

    @property
    def bias(self) -> Interval | None:
        """The excess as a share of what was shown."""
        return self.excess.times(1 / self.shown) if self.excess and self.shown else None

    @property
    def leaning(self) -> str:
        """more, less or nothing: where the interval says so."""
        if self.excess is None or self.excess.low <= 0 <= self.excess.high:
            return ""
        return "more" if self.excess.value > 0 else "less"


COLUMNS = (
    "reviewer", "name", "reviews", "seconds", "keystrokes", "edits", "corrections",
    "shown", *interval("acceptance"), *interval("bias"), *interval("wrong"), "gold", *interval("seeds"),
)  # fmt: skip


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    rows = load(scope)
    return {"reviewers": rows, "tables": {"reviewers": Table(COLUMNS, rows)}}


def load(scope: Scope) -> list[Reviewer]:
    """The busiest first; five queries."""
    known, seeds = accuracy.known(scope), accuracy.of_seeds(scope)
    bins = scope.read(Shown, BINS)
    everybody: dict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    own: dict[int, list[Shown]] = defaultdict(list)
    for part in bins:
        shown, accepted = everybody[part.line, part.bin]
        everybody[part.line, part.bin] = (shown + part.shown, accepted + part.accepted)
        own[part.reviewer].append(part)
    return [
        Reviewer(
            **asdict(work),
            **_acceptance(own[work.reviewer], everybody),
            wrong=known[work.reviewer].share if work.reviewer in known else None,
            gold=isinstance(known.get(work.reviewer), accuracy.Gold),
            seeds=seeds[work.reviewer].share if work.reviewer in seeds else None,
        )
        for work in scope.read(Work, WORK)
    ]


def _acceptance(own: list[Shown], everybody: dict[tuple[int, int], tuple[int, int]]) -> dict[str, Any]:
    compared, accepted = [], 0
    for part in own:
        shown, taken = everybody[part.line, part.bin]
        if shown > part.shown:  # a bin that nobody else saw says nothing
            compared.append((part.shown, shown - part.shown, taken - part.accepted))
            accepted += part.accepted
    shown = sum(part.shown for part in own)
    acceptance = intervals.share(sum(part.accepted for part in own), shown)
    return {"shown": shown, "acceptance": acceptance, "excess": intervals.excess(accepted, compared)}
