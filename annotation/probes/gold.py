"""Gold clips: what is known of them, and the slots in which they come up in the queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from annotation.models import GOLD_SLOT, ReviewTask, Verdict
from annotation.probes import qualification
from annotation.probes.models import GoldClip, GoldTag
from tagging.models import Suggestion, SuggestionSet, Video, VideoTag
from taxonomy import rulebook
from taxonomy.models import BusinessLine, Tag

SPARE = 3  # slots beyond one for each member: for admins, and for members to come

# Slots are made beforehand, for whoever may come: a task made as it is handed out would have the newest number.
STOCK = """
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, state, why)
SELECT gold.video_id, gold.business_line_id, slot, 'spare', coalesce((
    SELECT why FROM annotation_reviewtask other WHERE other.video_id = gold.video_id
      AND other.business_line_id = gold.business_line_id AND other.slot < %(first)s AND other.why <> '{}'
    ORDER BY other.slot LIMIT 1), '{"unsure": 1}')
FROM annotation_goldclip gold
CROSS JOIN LATERAL generate_series(%(first)s, %(first)s + %(spare)s - 1 + (
    SELECT count(*) FROM taxonomy_businessline_members member
    WHERE member.businessline_id = gold.business_line_id)) AS slot
WHERE gold.business_line_id = ANY(%(lines)s) AND gold.retired_at IS NULL
ON CONFLICT (video_id, business_line_id, slot) DO NOTHING
"""


class AlreadyGold(Exception):
    """The video is a gold clip of the line."""


class BrokenRule(ValueError):
    """The tags a clip must get may not stand together."""


@dataclass(frozen=True)
class Candidate:
    """A tag of which something can be told for a gold clip, and what reviewers said so far: must, must not, neither."""

    tag: int
    wanted: bool | None


def candidates(video: Video, line: BusinessLine) -> list[Candidate]:
    """The video's tags for the line, those that reviewers refused, and what the model proposed. Three queries."""
    given = list(VideoTag.objects.filter(video=video, business_line=line).values_list("tag", flat=True))
    in_force = Verdict.objects.filter(review__task__current_review=F("review"), review__task__video=video)
    in_force = in_force.filter(review__task__business_line=line, choice__in=["reject", "replace"])
    refused = in_force.values_list("tag", flat=True)
    made = SuggestionSet.objects.filter(video=video).order_by("-created_at", "-pk").values("pk")[:1]
    proposed = Suggestion.objects.filter(suggestion_set__in=made).values_list("tag", flat=True)
    told = dict.fromkeys(proposed) | dict.fromkeys(refused, False) | dict.fromkeys(given, True)
    order = {True: 0, False: 1, None: 2}
    return sorted((Candidate(*one) for one in told.items()), key=lambda one: (order[one.wanted], one.tag))


def make(
    video: Video, line: BusinessLine, author: User, wanted: Mapping[int, bool], note: str = ""
) -> tuple[GoldClip, int]:
    """Make a video a gold clip: `wanted` says of tags whether it must get them, or must not.

    Returns it and how many people of the line need no qualification, now that enough gold clips ask for one: those who
    have worked for the line before. Raises AlreadyGold; ValueError when no tag is told; BrokenRule.
    """
    _check(line, wanted)
    try:
        with transaction.atomic():
            clip = GoldClip.objects.create(video=video, business_line=line, author=author, note=note)
            roots = branches(wanted)
            GoldTag.objects.bulk_create(
                GoldTag(gold=clip, tag_id=tag, wanted=must, branch_id=roots[tag]) for tag, must in wanted.items()
            )
            stock([line.pk])
            return clip, qualification.begin(line)
    except IntegrityError as error:
        if "a_clip_is_gold_once" not in str(error):
            raise
        raise AlreadyGold from None


def _check(line: BusinessLine, wanted: Mapping[int, bool]) -> None:
    must = {tag for tag, wants in wanted.items() if wants}
    if not wanted:
        raise ValueError("nothing is told of any tag")
    book = rulebook.load(line=line.pk)
    if unknown := sorted(tag for tag in wanted if tag not in book):
        raise ValueError(f"there are no tags {unknown}")
    if book.conflicts(must):
        raise BrokenRule("the tags it must get break a rule")


def retire(clip: GoldClip) -> None:
    """Let it come up no more. What it told of reviewers stays, and who has it on the screen finishes it."""
    with transaction.atomic():
        GoldClip.objects.filter(pk=clip.pk, retired_at=None).update(retired_at=timezone.now())
        spare = ReviewTask.objects.filter(video=clip.video_id, business_line=clip.business_line_id, slot__gte=GOLD_SLOT)
        spare.filter(state=ReviewTask.State.SPARE, probes=None).delete()


def stock(lines: Iterable[int]) -> None:
    """See to it that there is a slot of each gold clip for each member."""
    with connection.cursor() as cursor:
        cursor.execute(STOCK, {"lines": list(lines), "first": GOLD_SLOT, "spare": SPARE})


def branches(tags: Iterable[int]) -> dict[int, int | None]:
    """The root of each tag's tree; none for open tags. One query a level."""
    wanted = set(tags)
    above: dict[int, int | None] = {}
    kinds: dict[int, str] = {}
    level = wanted
    while level:
        rows = Tag.objects.filter(pk__in=level).values_list("pk", "parent", "kind")
        found = {tag: (parent, kind) for tag, parent, kind in rows}
        above |= {tag: parent for tag, (parent, _kind) in found.items()}
        kinds |= {tag: kind for tag, (_parent, kind) in found.items()}
        level = {parent for parent, _kind in found.values() if parent is not None} - above.keys()
    return {tag: _root(tag, above) if kinds.get(tag) == Tag.Kind.CATEGORY else None for tag in wanted}


def _root(tag: int, above: Mapping[int, int | None]) -> int:
    while (parent := above[tag]) is not None:
        tag = parent
    return tag
