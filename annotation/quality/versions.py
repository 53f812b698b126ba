"""Model versions tag by tag: how much of what each proposed was accepted, as people worked with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from annotation.quality import intervals, tag_names
from annotation.quality.heirs import HEIRS
from annotation.quality.intervals import Interval
from annotation.quality.scope import Scope
from annotation.quality.tables import Table
from ml.registry.models import ModelVersion

SHOWN, MOST = 50, 20_000
COMPARED = 4  # versions beside each other

# Of the versions only the compared ones are added up: the sums of all that ever were are many rows.
USED = """
WITH newest AS (
    SELECT id FROM registry_modelversion version
    WHERE EXISTS (SELECT FROM annotation_tagsum WHERE business_line_id = ANY(%(lines)s) AND {versions}
                  AND model_version_id = version.id AND accepted + rejected + replaced > 0)
    ORDER BY id DESC LIMIT %(compared)s
)
SELECT model_version_id, sum(accepted), sum(accepted + rejected + replaced) FROM annotation_tagsum
WHERE business_line_id = ANY(%(lines)s) AND {versions} AND model_version_id = ANY(ARRAY(SELECT id FROM newest))
GROUP BY 1 ORDER BY 1 DESC
"""
ORDERS = {
    "fell": (_("fell most first"), "change ASC NULLS LAST"),
    "rose": (_("rose most first"), "change DESC NULLS LAST"),
    "proposed": (_("most proposed first"), "total DESC"),
}
# What stands beside each other is put together for the shown tags only.
TAGS = f"""
WITH {HEIRS}, named AS MATERIALIZED (
    SELECT id FROM taxonomy_tag WHERE %(text)s <> '' AND ({tag_names.MATCHES})
), counted AS (
    SELECT coalesce(heir, tag_id) AS tag, model_version_id AS version, sum(accepted) AS accepted,
           sum(accepted + rejected + replaced) AS proposed
    FROM annotation_tagsum LEFT JOIN heirs ON heirs.id = tag_id
    WHERE business_line_id = ANY(%(lines)s) AND {{versions}} AND model_version_id = ANY(%(versions)s)
      AND (%(text)s = '' OR coalesce(heir, tag_id) IN (SELECT id FROM named))
    GROUP BY 1, 2 HAVING sum(accepted + rejected + replaced) > 0
), beside AS (
    SELECT tag, sum(proposed)::bigint AS total,
           max(accepted::float8 / proposed) FILTER (WHERE version = ANY(%(newest)s))
           - max(accepted::float8 / proposed) FILTER (WHERE version = ANY(%(former)s)) AS change
    FROM counted GROUP BY tag HAVING sum(proposed) >= %(least)s
), shown AS (
    SELECT * FROM beside ORDER BY {{order}}, tag LIMIT %(limit)s OFFSET %(offset)s
)
SELECT tag, taxonomy_tag.name, total, change, jsonb_object_agg(version, jsonb_build_array(accepted, proposed))
FROM shown JOIN counted USING (tag) JOIN taxonomy_tag ON taxonomy_tag.id = tag
GROUP BY tag, taxonomy_tag.name, total, change ORDER BY {{order}}, tag
"""  # noqa: S608  # constants
LEAST = 20  # verdicts: of fewer, a change says nothing


@dataclass(frozen=True, slots=True)
class Used:
    version: int
    accepted: int
    proposed: int

    @property
    def share(self) -> Interval | None:
        return intervals.share(self.accepted, self.proposed)


@dataclass(slots=True)
class Row:
    tag: int
    name: str
    total: int
    change: float | None  # of the newest version against the one before
    by_version: Mapping[str, tuple[int, int]]
    shares: Sequence[Interval | None] = ()

    @property
    def points(self) -> float | None:
        """The change in percentage points."""
        return None if self.change is None else 100 * self.change


@dataclass(frozen=True, slots=True)
class Cell:
    """One tag under one version, in the file."""

    tag: int
    name: str
    version: int
    accepted: int
    proposed: int


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    """With `whole`, all tags for a file. Raises Http404 for an unknown order or page."""
    order, text, number = asked.get("order") or "fell", asked.get("q", "").strip(), asked.get("page") or "1"
    if order not in ORDERS or not (number.isascii() and number.isdigit() and 0 < int(number) < 10_000):
        raise Http404
    used = scope.read(Used, USED, compared=COMPARED)
    limit, offset = (MOST, 0) if whole else (SHOWN + 1, SHOWN * (int(number) - 1))
    rows = _rows(scope, used, order, text, limit, offset)
    more = not whole and len(rows) > SHOWN
    rows = rows[:SHOWN] if more else rows
    known = ModelVersion.objects.in_bulk([each.version for each in used])
    cells = [Cell(row.tag, row.name, int(pk), *counts) for row in rows for pk, counts in row.by_version.items()]
    return {
        "used": [(known[each.version], each) for each in used],
        "rows": rows,
        "order": order,
        "orders": [(name, words) for name, (words, _sql) in ORDERS.items()],
        "q": text,
        "page": int(number),
        "next": int(number) + 1 if more else None,
        "tables": {"versions": Table(Used.__slots__, used), "tags": Table(Cell.__slots__, cells)},
    }


def _rows(scope: Scope, used: Sequence[Used], order: str, text: str, limit: int, offset: int) -> list[Row]:
    versions = [each.version for each in used]
    told = {"versions": versions, "newest": versions[:1], "former": versions[1:2], "least": LEAST}
    told |= {"text": text, "like": tag_names.like(text), "limit": limit, "offset": offset}
    rows = scope.read(Row, TAGS.replace("{order}", ORDERS[order][1]), **told)
    names = tag_names.of(row.tag for row in rows)
    for row in rows:
        row.name = names.get(row.tag, row.name)
        row.shares = [intervals.share(*row.by_version.get(str(pk), (0, 0))) for pk in versions]
    return rows
