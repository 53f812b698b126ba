"""Tags on which reviewers do not agree: the queue, the most disputed clip first, and who said what of one clip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotation.models import Consensus, Review, Ruling, Verdict
from tagging import statements
from taxonomy.models import BusinessLine

AT_ONCE = 30  # clips on a page of the queue
COUNTED = 1000  # disputed clips that are counted; more are "many"

# Bounded by rows too: what is counted to tell clips apart is read to the end. Few clips have ten disputed tags.
COUNTS = """
SELECT line, (SELECT least(count(DISTINCT video_id), %(most)s) FROM (
    SELECT video_id FROM annotation_consensus WHERE business_line_id = line AND doubt > 0
    LIMIT 10 * %(most)s) AS counted)
FROM unnest(%(lines)s::bigint[]) AS line
"""

# Of each tag the newest rulings on other clips that nobody took back, and how many there are.
PAST = """
SELECT tag_id, accepted, rejected, choice, comment, told.created_at, video_id,
       coalesce(nullif(title, ''), external_id), coalesce(nullif(first_name, ''), username)
FROM (
    SELECT ruling.*, row_number() OVER (PARTITION BY tag_id ORDER BY id DESC) AS place,
        count(*) FILTER (WHERE choice = 'accept') OVER (PARTITION BY tag_id) AS accepted,
        count(*) FILTER (WHERE choice = 'reject') OVER (PARTITION BY tag_id) AS rejected
    FROM annotation_ruling ruling
    WHERE business_line_id = %(line)s AND tag_id = ANY(%(tags)s) AND video_id <> %(video)s AND choice <> 'undo'
      AND NOT EXISTS (
        SELECT FROM annotation_ruling later
        WHERE later.video_id = ruling.video_id AND later.business_line_id = ruling.business_line_id
          AND later.tag_id = ruling.tag_id AND later.number > ruling.number)
) told
JOIN tagging_video video ON video.id = told.video_id JOIN auth_user person ON person.id = told.adjudicator_id
WHERE place <= 3 ORDER BY tag_id, place
"""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one reviewer said of one tag: accept, add, reject, replace (by `other`), put (for `other`), or silent."""

    who: str
    choice: str
    reason: str = ""
    other: int | None = None


@dataclass(frozen=True, slots=True)
class PastRuling:
    choice: str
    comment: str
    at: datetime
    video: int
    title: str
    who: str


@dataclass(frozen=True)
class Precedents:
    """What was ruled of the same tag in the same line on other clips."""

    accepted: int = 0
    rejected: int = 0
    newest: tuple[PastRuling, ...] = ()


@dataclass(frozen=True)
class Dispute:
    """One tag of a clip."""

    row: Consensus
    voices: tuple[Voice, ...]
    ruling: Ruling | None  # the last one, a taking back included
    precedents: Precedents

    @property
    def open(self) -> bool:
        return self.row.doubt > 0

    @property
    def percent(self) -> int:
        return round(self.row.confidence * 100)

    @property
    def seen(self) -> int:
        return self.ruling.number if self.ruling else 0


def waiting(line: BusinessLine) -> QuerySet[Consensus]:
    """The most disputed tag of each clip, the most disputed clip first."""
    others = Consensus.objects.filter(video=OuterRef("video"), business_line=line, doubt__gt=0)
    more = others.filter(_before(OuterRef("doubt"), OuterRef("pk")))
    rows = Consensus.objects.filter(~Exists(more), business_line=line, doubt__gt=0)
    return rows.select_related("video", "tag").order_by("-doubt", "pk")


def after(line: BusinessLine, place: tuple[float, int]) -> QuerySet[Consensus]:
    """The queue behind a place in it: a row's doubt and id."""
    doubt, pk = place
    # The first condition says the same less exactly: the index begins there.
    return waiting(line).filter(Q(doubt__lt=doubt) | Q(doubt=doubt, pk__gt=pk), doubt__lte=doubt)


def counts(lines: Iterable[BusinessLine]) -> dict[int, int]:
    """Clips of each line with open disputes, at most COUNTED. One statement."""
    values = {"lines": [line.pk for line in lines], "most": COUNTED}
    return dict(statements.rows(COUNTS, values))


def ruled(line: BusinessLine) -> QuerySet[Ruling]:
    """The newest rulings that hold."""
    later = Ruling.objects.filter(
        video=OuterRef("video"), business_line=line, tag=OuterRef("tag"), number__gt=OuterRef("number")
    )
    held = Ruling.objects.filter(~Exists(later), business_line=line).exclude(choice=Ruling.Choice.UNDO)
    return held.select_related("video", "adjudicator").order_by("-pk")


def of_clip(video: int, line: int) -> list[Dispute]:
    """The tags of a clip that are disputed or were ruled on, the open ones first. Five queries, however many tags."""
    rows = list(
        Consensus.objects.filter(Q(doubt__gt=0) | Q(ruled=True), video=video, business_line=line)
        .select_related("tag")
        .order_by("-doubt", "pk")
    )
    tags = [row.tag_id for row in rows]
    voices, rulings = _voices(video, line, tags), _rulings(video, line, tags)
    past = _precedents(video, line, tags)
    return [
        Dispute(row, tuple(voices[row.tag_id]), rulings.get(row.tag_id), past.get(row.tag_id, Precedents()))
        for row in rows
    ]


def name(person: User) -> str:
    return person.first_name or person.username


def voice(who: str, said: Verdict | None, put: Verdict | None) -> Voice:
    """What one review says of a tag: `said` is its verdict on the tag, `put` the one that put the tag for another."""
    if put is not None:
        return Voice(who, "put", other=put.tag_id)
    if said is None:
        return Voice(who, "silent")
    reason = said.get_reason_display() if said.reason else ""
    return Voice(who, said.choice, str(reason), said.replacement_id)


def _before(doubt: OuterRef, pk: OuterRef) -> Q:
    return Q(doubt__gt=doubt) | Q(doubt=doubt, pk__lt=pk)


def _voices(video: int, line: int, tags: Collection[int]) -> Mapping[int, list[Voice]]:
    """By tag, in the order of the reviews. Tags that were merged since are spoken of as they were."""
    holding = Review.objects.filter(
        task__video=video, task__business_line=line, pk=F("task__current_review"), kind=Review.Kind.REVIEW
    )
    found: dict[int, list[Voice]] = defaultdict(list)
    for review in holding.select_related("reviewer").prefetch_related("verdicts").order_by("pk"):
        said = {verdict.tag_id: verdict for verdict in review.verdicts.all()}
        put = {verdict.replacement_id: verdict for verdict in said.values() if verdict.replacement_id}
        for tag in tags:
            found[tag].append(voice(name(review.reviewer), said.get(tag), put.get(tag)))
    return found


def _rulings(video: int, line: int, tags: Collection[int]) -> dict[int, Ruling]:
    """The last of each tag."""
    ruled = Ruling.objects.filter(video=video, business_line=line, tag__in=tags).select_related("adjudicator")
    return {ruling.tag_id: ruling for ruling in ruled.order_by("number")}


def _precedents(video: int, line: int, tags: Collection[int]) -> dict[int, Precedents]:
    found: dict[int, tuple[int, int, list[PastRuling]]] = {}
    values = {"line": line, "video": video, "tags": list(tags)}
    for tag, accepted, rejected, *told in statements.rows(PAST, values):
        found.setdefault(tag, (accepted, rejected, []))[2].append(PastRuling(*told))
    return {tag: Precedents(accepted, rejected, tuple(past)) for tag, (accepted, rejected, past) in found.items()}
