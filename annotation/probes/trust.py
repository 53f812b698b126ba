"""What gold clips tell of reviewers, branch by branch, and how often they come up for them from now on."""

from __future__ import annotations

from typing import Any

from django.db import connection

from annotation.probes import rates
from annotation.probes.marks import MARKS

COUNT = f"""
SELECT reviewer, line, branch, count(*) FILTER (WHERE wanted = given), count(*) FILTER (WHERE wanted <> given),
       coalesce(min(policy.gold_least), 1.0), coalesce(min(policy.gold_most), 8.0)
FROM ({MARKS}) marks LEFT JOIN annotation_trustpolicy policy ON policy.business_line_id = line
GROUP BY reviewer, line, branch
"""  # noqa: S608  # constants
WRITE = """
WITH told AS (
    SELECT * FROM unnest(%(reviewers)s::bigint[], %(lines)s::bigint[], %(branches)s::bigint[], %(rights)s::int[],
        %(wrongs)s::int[], %(rates)s::float8[]) AS told(reviewer, line, branch, good, bad, rate)
), gone AS (
    DELETE FROM annotation_trust former WHERE NOT EXISTS (
        SELECT FROM told WHERE told.reviewer = former.reviewer_id AND told.line = former.business_line_id
          AND told.branch IS NOT DISTINCT FROM former.branch_id)
)
INSERT INTO annotation_trust (reviewer_id, business_line_id, branch_id, "right", wrong, rate)
SELECT reviewer, line, branch, good, bad, rate FROM told
ON CONFLICT (reviewer_id, business_line_id, branch_id) DO UPDATE
SET "right" = excluded."right", wrong = excluded.wrong, rate = excluded.rate, learned_at = excluded.learned_at
WHERE (annotation_trust."right", annotation_trust.wrong, annotation_trust.rate)
      IS DISTINCT FROM (excluded."right", excluded.wrong, excluded.rate)
"""


def learn() -> int:
    """Count anew what everybody said of gold clips; returns for how many branches of reviewers.

    Two statements, asked for by beat and not where a review is sent: a gold clip must not take longer than others.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        rows: list[Any] = cursor.fetchall()
        cursor.execute(WRITE, _columns(rows))
    return len(rows)


def _columns(rows: list[Any]) -> dict[str, list[Any]]:
    names = ("reviewers", "lines", "branches", "rights", "wrongs")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return columns | {"rates": [rates.rate(*row[3:]) for row in rows]}
