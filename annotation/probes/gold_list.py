"""The page of gold clips: what each is for, and how people do on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet

from annotation.probes.bias import NONE, Share
from annotation.probes.marks import MARKS
from annotation.probes.models import GoldClip, TrustPolicy
from annotation.probes.serving import QUALIFY_CLIPS
from taxonomy.models import BusinessLine

DONE = f"""
SELECT gold, count(DISTINCT probe), count(*), count(*) FILTER (WHERE wanted = given) FROM ({MARKS}) marks
WHERE gold = ANY(%s) GROUP BY gold
"""  # noqa: S608  # constants


@dataclass(frozen=True)
class Row:
    clip: GoldClip
    must: list[int] = field(default_factory=list)
    never: list[int] = field(default_factory=list)
    people: int = 0  # who reviewed it
    labels: list[tuple[bool, str]] = field(default_factory=list)  # filled by who knows what tags are called
    right: Share = NONE  # of its tags, over all of them

    @property
    def told(self) -> list[tuple[bool, int]]:
        return [(True, tag) for tag in self.must] + [(False, tag) for tag in self.never]


@dataclass(frozen=True)
class Asking:
    """Whether a line asks newcomers to qualify: it needs gold clips enough."""

    line: BusinessLine
    gold: int
    needed: int

    @property
    def asks(self) -> bool:
        return 0 < self.needed <= self.gold

    @property
    def lacking(self) -> int:
        return max(0, self.needed - self.gold)


def load(lines: QuerySet[BusinessLine]) -> list[Row]:
    """The newest first. Three queries, however many."""
    clips = GoldClip.objects.filter(business_line__in=lines, retired_at=None).select_related("video", "business_line")
    found = list(clips.prefetch_related("tags").order_by("-pk"))
    with connection.cursor() as cursor:
        cursor.execute(DONE, [[clip.pk for clip in found]])
        done = {gold: (people, Share(right, asked)) for gold, people, asked, right in cursor.fetchall()}
    return [_row(clip, *done.get(clip.pk, (0, NONE))) for clip in found]


def _row(clip: GoldClip, people: int, right: Share) -> Row:
    tags = list(clip.tags.all())
    must, never = ([known.tag_id for known in tags if known.wanted is wanted] for wanted in (True, False))
    return Row(clip, must, never, people, right=right)


def asking(lines: QuerySet[BusinessLine]) -> list[Asking]:
    """Each line. Three queries."""
    needed = dict(TrustPolicy.objects.values_list("business_line", "qualify_clips"))
    active = GoldClip.objects.filter(retired_at=None).values_list("business_line", flat=True)
    counts: dict[int, int] = {}
    for line in active:
        counts[line] = counts.get(line, 0) + 1
    return [Asking(line, counts.get(line.pk, 0), needed.get(line.pk, QUALIFY_CLIPS)) for line in lines]
