"""Tags the taxonomy might be better without, or with a better guideline: unused, confused, disputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.quality import intervals, tag_names
from annotation.quality.heirs import HEIRS
from annotation.quality.intervals import Interval
from annotation.quality.scope import Scope
from annotation.quality.tables import Table, interval

SHOWN, MOST = 25, 20_000  # rows on a page, in a file
LEAST = 5  # verdicts: of fewer, a share says nothing

COUNTED = f"""
{HEIRS}, counted AS (
    SELECT coalesce(heir, tag_id) AS tag, sum(accepted + added + put) AS given,
           sum(accepted + rejected + replaced) AS proposed, sum(unclear) AS unclear
    FROM annotation_tagsum LEFT JOIN heirs ON heirs.id = tag_id
    WHERE business_line_id = ANY(%(lines)s) AND {{spans}} GROUP BY 1
)"""  # noqa: S608  # constants
# Nobody gave it to a clip of these lines; the ones models go on proposing in vain come first.
UNUSED = f"""
WITH {COUNTED}
SELECT tag.id, tag.code, tag.name, coalesce(proposed, 0), count(*) OVER ()
FROM taxonomy_tag tag LEFT JOIN counted ON counted.tag = tag.id
WHERE tag.state = 'active' AND tag.assignable AND coalesce(given, 0) = 0
ORDER BY coalesce(proposed, 0) DESC, tag.id LIMIT %(limit)s
"""  # noqa: S608  # constants
# Both ways together: whichever of the two was proposed.
CONFUSED = f"""
WITH {COUNTED}, pairs AS (
    SELECT least(a, b) AS tag, greatest(a, b) AS other, sum(n) AS n, coalesce(sum(n) FILTER (WHERE a < b), 0) AS there
    FROM (
        SELECT coalesce(was.heir, tag_id) AS a, coalesce(later.heir, replacement_id) AS b, count AS n
        FROM annotation_confusionsum
        LEFT JOIN heirs was ON was.id = tag_id LEFT JOIN heirs later ON later.id = replacement_id
        WHERE business_line_id = ANY(%(lines)s) AND {{spans}}
    ) told GROUP BY 1, 2 HAVING sum(n) > 0
    ORDER BY 3 DESC LIMIT %(limit)s
)
SELECT pairs.tag, other, n, there, n - there, coalesce(one.proposed, 0) + coalesce(two.proposed, 0)
FROM pairs LEFT JOIN counted one ON one.tag = pairs.tag LEFT JOIN counted two ON two.tag = other
ORDER BY n DESC, 1, 2
"""  # noqa: S608  # constants
# Proposals that were refused not as wrong but by what the guideline says or fails to say, and clips on which reviewers
# do not agree now.
DISPUTED = f"""
WITH {COUNTED}, disputed AS (
    SELECT coalesce(heir, tag_id) AS tag, count(*) AS disputes
    FROM annotation_consensus LEFT JOIN heirs ON heirs.id = tag_id
    WHERE business_line_id = ANY(%(lines)s) AND doubt > 0 GROUP BY 1
)
SELECT tag, code, name, coalesce(unclear, 0), coalesce(disputes, 0), coalesce(proposed, 0)
FROM (SELECT * FROM counted WHERE unclear > 0 AND proposed >= %(least)s) refused FULL JOIN disputed USING (tag)
JOIN taxonomy_tag ON taxonomy_tag.id = tag
ORDER BY coalesce(unclear, 0) + coalesce(disputes, 0) DESC, tag LIMIT %(limit)s
"""  # noqa: S608  # constants


@dataclass(slots=True)
class Unused:
    tag: int
    code: str
    name: str
    proposed: int  # in vain
    total: int  # of all unused ones


@dataclass(slots=True)
class Confused:
    """Two tags that reviewers put in each other's place."""

    tag: int
    other: int
    count: int
    there: int  # the first by the second
    back: int
    proposed: int  # both together
    name: str = ""
    other_name: str = ""

    @property
    def share(self) -> Interval | None:
        return intervals.share(min(self.count, self.proposed), self.proposed)


@dataclass(slots=True)
class Disputed:
    tag: int
    code: str
    name: str
    unclear: int
    disputes: int
    proposed: int

    @property
    def share(self) -> Interval | None:
        return intervals.share(min(self.unclear, self.proposed), self.proposed)


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    limit = MOST if whole else SHOWN
    unused, confused = scope.read(Unused, UNUSED, limit=limit), scope.read(Confused, CONFUSED, limit=limit)
    disputed = scope.read(Disputed, DISPUTED, limit=limit, least=LEAST)
    _name(unused, confused, disputed)
    tables = {
        "unused": Table(("tag", "code", "name", "proposed"), unused),
        "confused": Table(("tag", "name", "other", "other_name", "count", "there", "back", "proposed"), confused),
        "disputed": Table(("tag", "code", "name", "unclear", "disputes", "proposed", *interval("share")), disputed),
    }
    return {"unused": unused, "confused": confused, "disputed": disputed, "tables": tables}


def _name(unused: list[Unused], confused: list[Confused], disputed: list[Disputed]) -> None:
    single: list[Unused | Disputed] = [*unused, *disputed]
    names = tag_names.of([row.tag for row in single] + [tag for row in confused for tag in (row.tag, row.other)])
    for row in single:
        row.name = names[row.tag]
    for pair in confused:
        pair.name, pair.other_name = names[pair.tag], names[pair.other]
