"""How readily reviewers accept: what they said of seeded tags, of tags left out, and of clips without suggestions.

`by_reviewer` and `by_tag` count; a `Bias` tells the shares with Wilson's 95 % bounds (Wilson 1927,
doi.org/10.1080/01621459.1927.10502953) and corrects an acceptance rate for over-acceptance.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db import connection

Z = 1.959964  # 95 %
WORRYING = 0.15  # share of seeded tags accepted, or of right ones missed, of which one hears if it is surely more
FEWEST = 5  # probes before anybody is warned

# A seeded tag that was never shown has no answer. What may still be undone is not counted: else a reviewer could see
# the figure move with one clip.
COUNT = """
SELECT {of}, count(*) FILTER (WHERE probe.kind = 'wrong' AND answer.choice <> ''),
       count(*) FILTER (WHERE probe.kind = 'wrong' AND answer.choice IN ('accept', 'add')),
       count(*) FILTER (WHERE probe.kind = 'missing'),
       count(*) FILTER (WHERE probe.kind = 'missing' AND answer.choice <> 'add'),
       coalesce(sum(blind.proposed), 0), coalesce(sum(blind.found), 0)
FROM annotation_probe probe
JOIN annotation_probeanswer answer ON answer.probe_id = probe.id
JOIN annotation_review review ON review.id = answer.review_id
JOIN annotation_reviewtask task ON task.id = probe.task_id
LEFT JOIN LATERAL (
    SELECT count(*) AS proposed, count(*) FILTER (WHERE EXISTS (
        SELECT FROM annotation_verdict said WHERE said.review_id = review.id AND said.tag_id = own.tag_id
          AND said.choice = 'add')) AS found
    FROM tagging_suggestionset made JOIN tagging_suggestion own ON own.suggestion_set_id = made.id
    WHERE probe.kind = 'blind' AND made.video_id = task.video_id AND made.model_version_id = review.model_version_id
      AND own.consistent AND own.confidence >= 0.5
) blind ON true
WHERE probe.kind <> 'gold' AND task.business_line_id = ANY(%(lines)s) AND {of} IS NOT NULL
  AND review.created_at <= statement_timestamp() - %(settled)s * interval '1 hour'
  AND NOT EXISTS (SELECT FROM annotation_review undoing WHERE undoing.undoes_id = answer.review_id)
  AND (%(person)s::bigint IS NULL OR probe.reviewer_id = %(person)s)
GROUP BY {of}
"""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `tries`."""

    hits: int
    tries: int

    @property
    def value(self) -> float | None:
        return self.hits / self.tries if self.tries else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's; of nothing, all is possible."""
        if not self.tries:
            return 0.0, 1.0
        rate, square = self.hits / self.tries, Z * Z / self.tries
        middle, spread = rate + square / 2, Z * sqrt(rate * (1 - rate) / self.tries + square / (4 * self.tries))
        return max(0.0, (middle - spread) / (1 + square)), min(1.0, (middle + spread) / (1 + square))

    def __bool__(self) -> bool:
        return self.tries > 0

    @property
    def percent(self) -> float:
        """The share, and with the next three its bounds, over a hundred steps: for a page."""
        return round(100 * (self.value or 0.0), 1)

    @property
    def left(self) -> float:
        return round(100 * self.bounds[0], 1)

    @property
    def right(self) -> float:
        return round(100 * self.bounds[1], 1)

    @property
    def width(self) -> float:
        return round(100 * (self.bounds[1] - self.bounds[0]), 1)

    @property
    def worrying(self) -> bool:
        return self.tries >= FEWEST and self.bounds[0] > WORRYING


NONE = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Bias:
    """Of one reviewer, or one tag."""

    accepted: Share = NONE  # of the seeded wrong tags
    missed: Share = NONE  # of the right tags that were left out
    found: Share = NONE  # of what the models would have proposed, on clips without suggestions

    @property
    def worrying(self) -> bool:
        return self.accepted.worrying or self.missed.worrying

    def corrected(self, acceptance: Share) -> tuple[float, float, float] | None:
        """The share of proposals that are right, with 95 % bounds, of which a reviewer accepted `acceptance`.

        If right tags are always accepted and wrong ones with probability o, the accepted share is a = p + (1 - p) o, so
        p = (a - o) / (1 - o): Rogan and Gladen's estimator (1978, doi.org/10.1093/oxfordjournals.aje.a112510) for a
        sensitivity of 1. Bounds by the delta method on shares that are drawn in a little (Agresti and Coull 1998).
        None where nothing was seeded or shown, or where as good as everything is accepted.
        """
        if not acceptance.tries or not self.accepted.tries or self.accepted.hits == self.accepted.tries:
            return None
        a, n = _drawn_in(acceptance)
        o, m = _drawn_in(self.accepted)
        right = (acceptance.hits / acceptance.tries - self.accepted.hits / self.accepted.tries) / (
            1 - self.accepted.hits / self.accepted.tries
        )
        variance = a * (1 - a) / n / (1 - o) ** 2 + (1 - a) ** 2 / (1 - o) ** 4 * o * (1 - o) / m
        spread = Z * sqrt(variance)
        return _share(right), _share(right - spread), _share(right + spread)


def by_reviewer(lines: Collection[int], *, person: int | None = None, settled: int = 0) -> dict[int, Bias]:
    """Of these business lines; by the reviewer's id. `settled`: only answers as old, in hours. One query."""
    return _count("probe.reviewer_id", lines, person, settled)


def by_tag(lines: Collection[int]) -> dict[int, Bias]:
    """By the id of the tag that was seeded or left out. One query."""
    return _count("probe.tag_id", lines, None, 0)


def _count(of: str, lines: Collection[int], person: int | None, settled: int) -> dict[int, Bias]:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"lines": list(lines), "person": person, "settled": settled}
        cursor.execute(COUNT.format(of=of), values)
        rows = cursor.fetchall()
    return {
        key: Bias(Share(accepted, seeded), Share(missed, left_out), Share(int(found), int(proposed)))
        for key, seeded, accepted, left_out, missed, proposed, found in rows
    }


def _drawn_in(share: Share) -> tuple[float, float]:
    tries = share.tries + Z * Z
    return (share.hits + Z * Z / 2) / tries, tries


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
