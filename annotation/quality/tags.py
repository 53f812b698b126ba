"""How right the models are about each tag: precision of what they propose, recall on the audit slice, confusions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from annotation.quality import intervals, tag_names
from annotation.quality.heirs import HEIRS
from annotation.quality.intervals import Interval
from annotation.quality.scope import Scope
from annotation.quality.tables import Table, interval

SHOWN, MOST = 50, 20_000  # rows on a page, in a file

ORDERS = {
    "wasted": (_("most wasted first"), "wasted DESC"),
    "proposed": (_("most proposed first"), "proposed DESC"),
    "precision": (_("least precise first"), "accepted::float8 / nullif(proposed, 0) ASC NULLS LAST"),
    "recall": (_("least found first"), "found::float8 / nullif(found + missed, 0) ASC NULLS LAST"),
}
TAGS = f"""
WITH {HEIRS}, counted AS (
    SELECT coalesce(heir, tag_id) AS tag, sum(accepted) AS accepted, sum(accepted + rejected + replaced) AS proposed,
           sum(rejected - unclear + replaced + added + put) AS wasted, sum(unclear) AS unclear,
           sum(added + put) AS given,
           sum(found) AS found, sum(missed) AS missed
    FROM annotation_tagsum LEFT JOIN heirs ON heirs.id = tag_id
    WHERE business_line_id = ANY(%(lines)s) AND {{spans}}
    GROUP BY 1 HAVING sum(accepted + rejected + replaced + added + put) > 0
)
SELECT tag, code, name, accepted, proposed, wasted, unclear, given, found, missed
FROM counted JOIN taxonomy_tag ON taxonomy_tag.id = tag
WHERE %(text)s = '' OR {tag_names.MATCHES}
ORDER BY {{order}}, tag LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608  # constants
PAIRS = f"""
WITH {HEIRS}
SELECT coalesce(was.heir, tag_id) AS tag, coalesce(later.heir, replacement_id) AS replacement, sum(count)
FROM annotation_confusionsum
LEFT JOIN heirs was ON was.id = tag_id LEFT JOIN heirs later ON later.id = replacement_id
WHERE business_line_id = ANY(%(lines)s) AND {{spans}}
GROUP BY 1, 2 HAVING sum(count) > 0 ORDER BY 3 DESC, 1, 2 LIMIT %(limit)s
"""  # noqa: S608  # constants


@dataclass(slots=True)
class TagRow:
    """`found` and `missed` are those of the audit slice, where the clips are a fair sample."""

    tag: int
    code: str
    name: str
    accepted: int
    proposed: int
    wasted: int  # rejected as wrong, replaced, added or put in another's place: what a right model would have spared
    unclear: int  # rejected by the guideline, not as wrong
    given: int  # by reviewers, without a proposal
    found: int
    missed: int

    @property
    def precision(self) -> Interval | None:
        return intervals.share(self.accepted, self.proposed)

    @property
    def recall(self) -> Interval | None:
        return intervals.share(self.found, self.found + self.missed)


@dataclass(slots=True)
class Pair:
    tag: int
    replacement: int
    count: int
    name: str = ""
    replacement_name: str = ""


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    """With `whole`, all rows for a file instead of those of one page. Raises Http404 for an unknown order or page."""
    order, text, number = asked.get("order") or "wasted", asked.get("q", "").strip(), asked.get("page") or "1"
    if order not in ORDERS or not (number.isascii() and number.isdigit() and 0 < int(number) < 10_000):
        raise Http404
    limit, offset = (MOST, 0) if whole else (SHOWN + 1, SHOWN * (int(number) - 1))
    rows = load(scope, order=order, text=text, limit=limit, offset=offset)
    pairs = confusions(scope, MOST if whole else SHOWN)
    more = not whole and len(rows) > SHOWN
    rows = rows[:SHOWN] if more else rows
    return {
        "rows": rows,
        "pairs": pairs,
        "order": order,
        "orders": [(name, words) for name, (words, _sql) in ORDERS.items()],
        "q": text,
        "page": int(number),
        "next": int(number) + 1 if more else None,
        "tables": {
            "tags": Table((*TagRow.__slots__, *interval("precision"), *interval("recall")), rows),
            "confusions": Table(("tag", "name", "replacement", "replacement_name", "count"), pairs),
        },
    }


def load(scope: Scope, *, order: str, text: str = "", limit: int, offset: int = 0) -> list[TagRow]:
    statement = TAGS.replace("{order}", ORDERS[order][1])
    told = {"text": text, "like": tag_names.like(text), "limit": limit, "offset": offset}
    rows = scope.read(TagRow, statement, **told)
    names = tag_names.of(row.tag for row in rows)
    for row in rows:
        row.name = names.get(row.tag, row.name)
    return rows


def confusions(scope: Scope, limit: int) -> list[Pair]:
    pairs = scope.read(Pair, PAIRS, limit=limit)
    names = tag_names.of(tag for pair in pairs for tag in (pair.tag, pair.replacement))
    for pair in pairs:
        pair.name, pair.replacement_name = names[pair.tag], names[pair.replacement]
    return pairs
