"""What hurts most: the reviewers, guidelines and tags that cost the most wrong or wasted verdicts.

Each is told with how many verdicts that are in the period, the bounds of that with 95 %, why, and where to act.
A proposal that was refused as wrong is laid to the tag; one refused by what the guideline says, to the guideline, so
that nothing counts twice among these two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from annotation.quality import intervals, reviewers, tag_names, tags
from annotation.quality.heirs import HEIRS
from annotation.quality.intervals import Interval
from annotation.quality.reviewers import Reviewer
from annotation.quality.scope import Scope
from annotation.quality.tables import Table, interval
from annotation.quality.tags import TagRow

WORST, MOST = 5, 1000  # of each kind on the page, in a file

# A guideline is what a tag means for one line.
GUIDELINES = f"""
WITH {HEIRS}
SELECT coalesce(heir, tag_id) AS tag, business_line_id, taxonomy_tag.code, taxonomy_tag.name, sum(unclear) AS unclear,
       sum(accepted + rejected + replaced)
FROM annotation_tagweek LEFT JOIN heirs ON heirs.id = tag_id
JOIN taxonomy_tag ON taxonomy_tag.id = coalesce(heir, tag_id)
WHERE business_line_id = ANY(%(lines)s) AND {{weeks}}
GROUP BY 1, 2, 3, 4 HAVING sum(unclear) > 0 ORDER BY 5 DESC, 1, 2 LIMIT %(limit)s
"""  # noqa: S608  # constants


@dataclass(frozen=True, slots=True)
class Hurt:
    """`verdicts` that are wrong or wasted, expected of a period like this one."""

    kind: str  # reviewer | guideline | tag
    key: int
    name: str
    verdicts: Interval
    of: int  # verdicts in the period
    why: str
    link: str
    act: str


@dataclass(slots=True)
class Unclear:
    tag: int
    line: int
    code: str
    name: str
    unclear: int
    proposed: int


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    limit = MOST if whole else WORST
    kinds = {
        "reviewer": _reviewers(scope, limit),
        "guideline": _guidelines(scope, limit),
        "tag": [_tag(row, scope) for row in tags.load(scope, order="wasted", limit=limit) if row.wasted > 0],
    }
    columns = ("kind", "key", "name", *interval("verdicts"), "of", "why")
    worst = [found[0] for found in kinds.values() if found]
    return {
        "kinds": kinds,
        "worst": sorted(worst, key=lambda hurt: -hurt.verdicts.value),
        "tables": {"hurting": Table(columns, [hurt for found in kinds.values() for hurt in found])},
    }


def _reviewers(scope: Scope, limit: int) -> Sequence[Hurt]:
    """Those of whom it is sure that they judge otherwise than the others."""
    found = [_reviewer(each, scope) for each in reviewers.load(scope) if each.leaning]
    return sorted(found, key=lambda hurt: (-hurt.verdicts.value, hurt.key))[:limit]


def _reviewer(each: Reviewer, scope: Scope) -> Hurt:
    assert each.excess
    assert each.bias
    sides = sorted(abs(side) for side in (each.excess.low, each.excess.high))
    percent = {
        "share": f"{100 * abs(each.bias.value):.0f}",
        "low": f"{100 * min(abs(each.bias.low), abs(each.bias.high)):.0f}",
        "high": f"{100 * max(abs(each.bias.low), abs(each.bias.high)):.0f}",
    }
    if each.leaning == "more":
        why = _("Accepts %(share)s %% (%(low)s–%(high)s) more than the others do of proposals that are as sure.")
    else:
        why = _("Accepts %(share)s %% (%(low)s–%(high)s) less than the others do of proposals that are as sure.")
    link = f"{reverse('annotation:quality-reviewers')}?{scope.query}"
    verdicts = Interval(abs(each.excess.value), *sides)
    return Hurt(
        "reviewer",
        each.reviewer,
        each.name,
        verdicts,
        each.shown,
        why % percent,
        link,
        _("See the reviewers"),
    )


def _guidelines(scope: Scope, limit: int) -> Sequence[Hurt]:
    rows = scope.read(Unclear, GUIDELINES, limit=limit)
    names, lines = tag_names.of(row.tag for row in rows), {line.pk: line for line in scope.choices}
    found = []
    for row in rows:
        line = lines[row.line]
        why = _("%(unclear)d of %(proposed)d proposals were refused by the guideline, not as wrong.") % {
            "unclear": row.unclear,
            "proposed": row.proposed,
        }
        link = f"{reverse('taxonomy:guideline')}?{urlencode({'tag': row.code, 'line': line.slug})}"
        share = intervals.share(min(row.unclear, row.proposed), row.proposed)
        verdicts = share.times(row.proposed) if share else Interval(row.unclear, row.unclear, row.unclear)
        name = f"{names[row.tag]} · {line}"
        found.append(Hurt("guideline", row.tag, name, verdicts, row.proposed, why, link, _("Edit the guideline")))
    return found


def _tag(row: TagRow, scope: Scope) -> Hurt:
    judged = row.proposed + row.given
    share = intervals.share(min(row.wasted, judged), judged)
    assert share
    refused = {"refused": row.wasted - row.given, "proposed": row.proposed, "given": row.given}
    why = _("%(refused)d of %(proposed)d proposals were wrong, and %(given)d times it was missing.") % refused
    link = reverse("taxonomy:tag", args=[row.tag])
    return Hurt("tag", row.tag, row.name, share.times(judged), judged, why, link, _("Open the tag"))
