"""How one tag fares: who has it, whether people accept it, and what it is confused with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, Q, QuerySet

from annotation.models import Review, Verdict
from tagging import standing
from tagging.models import Video, VideoTag
from taxonomy.models import BusinessLine, Tag
from taxonomy.search import preferred

PAIRS, CLIPS, AGAINST = 5, 8, 4

# The tag and what was merged into it.
MERGED = """
    WITH RECURSIVE same AS (
        SELECT id FROM taxonomy_tag WHERE id = %s
        UNION SELECT tag.id FROM taxonomy_tag tag JOIN same ON tag.merged_into_id = same.id
    ) SELECT id FROM same
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Another tag that reviewers put in this one's place, or this one in its."""

    tag: int
    name: str
    count: int


@dataclass(frozen=True)
class TagFigures:
    videos: int  # that have the tag or one below it now
    by_line: list[tuple[BusinessLine, int]]
    proposed: int  # verdicts on a model's proposal
    accepted: int
    replaced_by: list[Pair]
    replaced_from: list[Pair]
    clips: list[Video]  # the newest that have it
    against: list[Video]  # the newest from which a reviewer took it

    @property
    def percent(self) -> int | None:
        return round(100 * self.accepted / self.proposed) if self.proposed else None


def lines_of(user: User) -> QuerySet[BusinessLine]:
    """Editors change a tag for every business line, so they are told of all; others of their own lines."""
    return BusinessLine.objects.all() if user.has_perm("taxonomy.change_tag") else BusinessLine.objects.of(user)


def load(tag: int, lines: QuerySet[BusinessLine], unsaid: Collection[int] = ()) -> TagFigures:
    """Verdicts of these lines only; what videos have is told of all lines. At most 11 queries, for any tag.

    Nothing counts that people say of the videos `unsaid` (`tagging.veils`).
    """
    same, branch = _ids(MERGED, tag), standing.branch(tag)
    given = VideoTag.objects.filter(tag__in=branch).exclude(video__in=unsaid)
    verdicts = _holding(lines).exclude(review__task__video__in=unsaid)
    # Of probed clips the reviewer was shown something else, so they tell nothing of how suggestions are taken.
    judged = verdicts.filter(tag__in=same, suggestion__isnull=False, review__probe_answer=None).aggregate(
        proposed=Count("pk"), accepted=Count("pk", filter=Q(choice=Verdict.Choice.ACCEPT))
    )
    return TagFigures(
        videos=given.aggregate(n=Count("video", distinct=True))["n"],
        by_line=_by_line(given),
        proposed=judged["proposed"],
        accepted=judged["accepted"],
        replaced_by=_pairs(verdicts.filter(tag__in=same), "replacement"),
        replaced_from=_pairs(verdicts.filter(replacement__in=same), "tag"),
        clips=_clips(VideoTag.objects.filter(tag__in=same).exclude(video__in=unsaid).values("video"), CLIPS),
        against=_clips(
            verdicts.filter(tag__in=same, choice=Verdict.Choice.REJECT).values("review__task__video"), AGAINST
        ),
    )


def _ids(query: str, tag: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [tag])
        return [row[0] for row in cursor.fetchall()]


def _holding(lines: QuerySet[BusinessLine]) -> QuerySet[Verdict]:
    """Verdicts of people's reviews that nobody took back."""
    return Verdict.objects.filter(
        review__kind=Review.Kind.REVIEW, review__undone_by=None, review__task__business_line__in=lines
    )


def _by_line(given: QuerySet[VideoTag]) -> list[tuple[BusinessLine, int]]:
    counts = dict(
        given.order_by("business_line").values_list("business_line").annotate(n=Count("video", distinct=True))
    )
    return [(line, counts[line.pk]) for line in BusinessLine.objects.filter(pk__in=counts)]


def _pairs(verdicts: QuerySet[Verdict], other: str) -> list[Pair]:
    replaced = verdicts.filter(choice=Verdict.Choice.REPLACE).values_list(other).annotate(n=Count("pk"))
    counts = dict(replaced.order_by("-n", other)[:PAIRS])
    names = dict(Tag.objects.filter(pk__in=counts).values_list("pk", "name")) | preferred(counts)
    return [Pair(tag, names[tag], count) for tag, count in counts.items()]


def _clips(videos: Iterable[object], count: int) -> list[Video]:
    return list(Video.objects.filter(pk__in=videos, media__isnull=False).order_by("-pk")[:count])  # type: ignore[misc]
