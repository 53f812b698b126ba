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
from django.utils.translation import ngettext

from annotation.quality import intervals, reviewers, tag_names, tags
from annotation.quality.heirs import HEIRS
from annotation.quality.intervals import Interval
from annotation.quality.reviewers import Reviewer
from annotation.quality.scope import Scope
from annotation.quality.tables import Table, interval
from annotation.quality.tags import TagRow

WORST, MOST = 5, 1000  # of each kind on the page, in a file

# A guideline is what a tag means for one line. Disputes are those that are open now, however old they are.
GUIDELINES = f"""
WITH {HEIRS}, said AS (
    SELECT coalesce(heir, tag_id) AS tag, business_line_id AS line, sum(unclear) AS unclear,
           sum(accepted + rejected + replaced) AS proposed
    FROM annotation_tagsum LEFT JOIN heirs ON heirs.id = tag_id
    WHERE business_line_id = ANY(%(lines)s) AND {{spans}} GROUP BY 1, 2 HAVING sum(unclear) > 0
), disputed AS (
    SELECT coalesce(heir, tag_id) AS tag, business_line_id AS line, count(*) AS disputes
    FROM annotation_consensus LEFT JOIN heirs ON heirs.id = tag_id
    WHERE business_line_id = ANY(%(lines)s) AND doubt > 0 GROUP BY 1, 2
)
SELECT tag, line, code, name, coalesce(unclear, 0), coalesce(disputes, 0), coalesce(proposed, 0)
FROM said FULL JOIN disputed USING (tag, line) JOIN taxonomy_tag ON taxonomy_tag.id = tag
ORDER BY coalesce(unclear, 0) + coalesce(disputes, 0) DESC, tag, line LIMIT %(limit)s
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
    disputes: int
    proposed: int

    @property
    def lost(self) -> int:
        """Verdicts: a dispute has at least one that is wrong."""
        return self.unclear + self.disputes

    @property
    def why(self) -> str:
        told = {"unclear": self.unclear, "proposed": self.proposed, "disputes": self.disputes}
        refused = _("Refused by the guideline, not as wrong: %(unclear)d of %(proposed)d proposals.") % told
        disputed = ngettext(
            "Reviewers do not agree on %(n)d clip.", "Reviewers do not agree on %(n)d clips.", self.disputes
        ) % {"n": self.disputes}
        return " ".join([refused] * bool(self.unclear) + [disputed] * bool(self.disputes))


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
    """Those of whom it is known how often they are wrong, or sure that they judge otherwise than the others."""
    found = [_reviewer(each, scope) for each in reviewers.load(scope) if each.shown and (each.wrong or each.leaning)]
    return sorted(found, key=lambda hurt: (-hurt.verdicts.value, hurt.key))[:limit]


def _reviewer(each: Reviewer, scope: Scope) -> Hurt:
    verdicts, why = _known(each) if each.wrong else _deviating(each)
    link = f"{reverse('annotation:quality-reviewers')}?{scope.query}"
    return Hurt("reviewer", each.reviewer, each.name, verdicts, each.shown, why, link, _("See the reviewers"))


def _known(each: Reviewer) -> tuple[Interval, str]:
    assert each.wrong
    if each.gold:
        why = _("Is wrong in %(share)s %% (%(low)s–%(high)s) of the answers on gold clips.")
    else:
        why = _("Is wrong in %(share)s %% (%(low)s–%(high)s) of what others reviewed too.")
    return each.wrong.times(each.shown), why % _percent(each.wrong.value, each.wrong.low, each.wrong.high)


def _deviating(each: Reviewer) -> tuple[Interval, str]:
    """Verdicts that are otherwise than the others' would be: at least one of the two is wrong."""
    assert each.excess
    low, high = sorted(abs(side) for side in (each.excess.low, each.excess.high))
    verdicts = Interval(abs(each.excess.value), low, high)
    if each.leaning == "more":
        why = _("Accepts %(share)s %% (%(low)s–%(high)s) more than the others do of proposals that are as sure.")
    else:
        why = _("Accepts %(share)s %% (%(low)s–%(high)s) less than the others do of proposals that are as sure.")
    return verdicts, why % _percent(*(side / each.shown for side in (verdicts.value, low, high)))


def _percent(value: float, low: float, high: float) -> dict[str, str]:
    return {"share": f"{100 * value:.0f}", "low": f"{100 * low:.0f}", "high": f"{100 * high:.0f}"}


def _guidelines(scope: Scope, limit: int) -> Sequence[Hurt]:
    rows = scope.read(Unclear, GUIDELINES, limit=limit)
    names, lines = tag_names.of(row.tag for row in rows), {line.pk: line for line in scope.choices}
    return [_guideline(row, f"{names[row.tag]} · {lines[row.line]}", lines[row.line].slug) for row in rows]


def _guideline(row: Unclear, name: str, line: str) -> Hurt:
    judged = max(row.proposed, row.lost)
    share = intervals.share(row.lost, judged)
    assert share
    link = f"{reverse('taxonomy:guideline')}?{urlencode({'tag': row.code, 'line': line})}"
    return Hurt("guideline", row.tag, name, share.times(judged), judged, row.why, link, _("Edit the guideline"))


def _tag(row: TagRow, scope: Scope) -> Hurt:
    judged = row.proposed + row.given
    share = intervals.share(min(row.wasted, judged), judged)
    assert share
    refused = {"refused": row.wasted - row.given, "proposed": row.proposed, "given": row.given}
    why = _("Wrong: %(refused)d of %(proposed)d proposals. Missing: %(given)d.") % refused
    link = reverse("taxonomy:tag", args=[row.tag])
    return Hurt("tag", row.tag, row.name, share.times(judged), judged, why, link, _("Open the tag"))
