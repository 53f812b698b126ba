"""What reviewers say of the tags that a version proposes, as sums over clips. One statement each, whatever the size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from annotation.learning.drift import Window
from annotation.learning.ratios import NONE, Sums
from ml.registry.models import Canary

# Reviews in force; imported tags are nobody's answer to a suggestion, and probed clips showed something else.
IN_FORCE = """
    review.kind = 'review'
    AND NOT EXISTS (SELECT FROM annotation_probeanswer probed WHERE probed.review_id = review.id)
    AND NOT EXISTS (SELECT FROM annotation_review undo WHERE undo.undoes_id = review.id)
"""

# Of the videos that came in since the trial began, for only these were shared out. An older video may have been looked
# at by either version, for reasons of its own.
OF_VERSIONS = f"""
SELECT version, count(*), sum(y), sum(m), sum(y * y), sum(y * m), sum(m * m), sum(added), sum(added * added)
FROM (
    SELECT review.model_version_id AS version,
           count(*) FILTER (WHERE verdict.choice = 'accept') AS y,
           count(*) FILTER (WHERE verdict.choice IN ('accept', 'reject', 'replace')) AS m,
           count(*) FILTER (WHERE verdict.choice = 'add') AS added
    FROM annotation_review review
    JOIN annotation_reviewtask task ON task.id = review.task_id
    JOIN tagging_video video ON video.id = task.video_id
    LEFT JOIN annotation_verdict verdict ON verdict.review_id = review.id
    WHERE review.created_at > %(since)s AND review.model_version_id = ANY(%(versions)s)
      AND video.created_at > %(since)s AND (task.audit OR NOT %(audited_only)s) AND {IN_FORCE}
    GROUP BY review.model_version_id, task.video_id
) clip GROUP BY version
"""  # noqa: S608  # constants

WINDOW = f"""
WITH audited AS (
    SELECT review.id, task.video_id
    FROM annotation_review review JOIN annotation_reviewtask task ON task.id = review.task_id
    WHERE review.id > %(after)s AND review.created_at > %(since)s AND review.model_version_id = %(version)s
      AND task.audit AND task.business_line_id = %(line)s AND {IN_FORCE}
    ORDER BY review.id LIMIT %(reviews)s
), clip AS (
    SELECT count(verdict.id) FILTER (WHERE verdict.choice = 'accept') AS y,
           count(verdict.id) AS m,
           coalesce(sum((verdict.confidence - CASE verdict.choice WHEN 'accept' THEN 1 ELSE 0 END) ^ 2), 0) AS square
    FROM audited LEFT JOIN annotation_verdict verdict
      ON verdict.review_id = audited.id AND verdict.choice <> 'add' AND verdict.confidence IS NOT NULL
    GROUP BY audited.video_id
)
SELECT (SELECT count(*) FROM audited), (SELECT max(id) FROM audited), count(*),
       sum(y), sum(m), sum(y * y), sum(y * m), sum(m * m), sum(square), sum(square * square), sum(square * m)
FROM clip
"""  # noqa: S608  # constants


@dataclass(frozen=True)
class Side:
    """One version's clips."""

    accepted: Sums = NONE  # of the proposed tags
    added: Sums = NONE  # tags that reviewers added, a clip: what the version missed


NOBODY = Side()


@dataclass(frozen=True)
class Sides:
    canary: Side = NOBODY
    rival: Side = NOBODY

    def told(self) -> dict[str, Any]:
        return asdict(self)


def sides(told: Mapping[str, Any]) -> Sides:
    """What `Sides.told` has told."""
    return Sides(*(Side(Sums(**told[s]["accepted"]), Sums(**told[s]["added"])) for s in ("canary", "rival")))


def of_trial(canary: Canary) -> Sides:
    values: dict[str, Any] = {
        "since": canary.started_at,
        "versions": [canary.version_id, canary.rival_id],
        "audited_only": canary.audited_only,
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_VERSIONS, values)
        found = {version: _side(*map(float, sums)) for version, *sums in cursor.fetchall()}
    return Sides(found.get(canary.version_id, NOBODY), found.get(canary.rival_id, NOBODY))


def window(version: int, line: int, since: datetime, after: int, reviews: int) -> tuple[Window, int] | None:
    """The next window of a version's audited reviews of a line after review `after`, and its last review.

    None: it is not full yet.
    """
    values: dict[str, Any] = {"version": version, "line": line, "since": since, "after": after, "reviews": reviews}
    with connection.cursor() as cursor:
        cursor.execute(WINDOW, values)
        count, last, *sums = cursor.fetchone()
    if count < reviews:
        return None
    clips, y, m, yy, ym, mm, square, squares, square_m = map(float, sums)
    clips = int(clips)
    return Window(Sums(clips, y, m, yy, ym, mm), Sums(clips, square, m, squares, square_m, mm)), last


def _side(clips: float, y: float, m: float, yy: float, ym: float, mm: float, added: float, squares: float) -> Side:
    n = int(clips)
    return Side(Sums(n, y, m, yy, ym, mm), Sums(n, added, n, squares, added, n))
