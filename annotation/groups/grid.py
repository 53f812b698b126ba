"""What the pages of groups show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from annotation.groups import choice, rows, sending, terms
from annotation.groups.models import ClipGroup, GroupReview
from annotation.groups.rows import GroupClip
from annotation.groups.terms import Plan
from annotation.tag_labels import Label, labels
from tagging import statements
from tagging.reasons import clock
from taxonomy.models import BusinessLine

LISTED = 60  # groups of a page
POSTERS = 4  # of a group in the list

# The first clips of a group are the likest; those that wait for somebody, and were never this person's, stand for it.
GROUPS = """
SELECT grouped.id, grouped.likeness, count(*), (array_agg(member.video_id ORDER BY member.id))[1:%(posters)s]
FROM annotation_clipgroup grouped JOIN annotation_groupedclip member ON member.group_id = grouped.id
    AND NOT EXISTS (SELECT FROM annotation_goldclip gold WHERE gold.video_id = member.video_id
                    AND gold.business_line_id = grouped.business_line_id AND gold.retired_at IS NULL)
WHERE grouped.business_line_id = %(line)s AND EXISTS (
    SELECT FROM annotation_reviewtask task WHERE task.video_id = member.video_id
      AND task.business_line_id = %(line)s AND task.state = 'waiting')
  AND NOT EXISTS (
    SELECT FROM annotation_reviewtask own WHERE own.video_id = member.video_id
      AND own.business_line_id = %(line)s AND own.reviewer_id = %(reviewer)s)
GROUP BY grouped.id HAVING count(*) > 1
ORDER BY count(*) DESC, grouped.likeness DESC, grouped.id LIMIT %(listed)s
"""
CLIPS = """
SELECT id, coalesce(nullif(title, ''), external_id), media_id IS NOT NULL FROM tagging_video WHERE id = ANY(%(videos)s)
"""


@dataclass(frozen=True)
class Tile:
    """One clip in a grid."""

    video: int
    title: str
    poster: str  # empty for a clip of text only
    length: str = ""
    free: bool = True  # this reviewer may judge it
    out: bool = False  # taken out of the group's verdict
    sampled: bool = False  # to be opened before the verdict
    looked_at: bool = False
    reviewed: bool = False  # by this reviewer


@dataclass(frozen=True)
class Listed:
    """A group in the list, the first clips of it as pictures."""

    pk: int
    url: str
    clips: int  # that wait
    percent: int  # how alike they are
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class TagRow:
    """What is said of one tag for the whole group."""

    tag: int
    label: Label
    clips: int  # that it is proposed for
    choice: str  # all | proposed | none
    added: bool = False


@dataclass(frozen=True)
class Grid:
    """A group as its reviewer sees it."""

    group: ClipGroup
    tiles: Sequence[Tile]
    tags: Sequence[TagRow]
    free: int  # clips that this reviewer may judge
    held: int  # clips that this reviewer cannot judge
    reviewed: int  # clips that this reviewer has judged
    unlooked: Sequence[Tile]  # to be opened yet
    plan: Plan
    conflicts: Sequence[Mapping[str, object]]  # as in the answer after sending
    refused: Sequence[Tile]  # the clips of those

    @property
    def broken(self) -> list[tuple[Tile, Mapping[str, object]]]:
        """The clips whose rules the verdict breaks, each with the reason."""
        return list(zip(self.refused, self.conflicts, strict=True))

    @property
    def ready(self) -> bool:
        return bool(self.plan.judged) and not self.unlooked


def listing(line: BusinessLine, reviewer: User, most: int = LISTED) -> list[Listed]:
    """The groups of a line that have more than one clip waiting for this person, the largest first. Two statements."""
    values = {"line": line.pk, "reviewer": reviewer.pk, "posters": POSTERS, "listed": most}
    found = statements.rows(GROUPS, values)
    wanted = [video for *_rest, videos in found for video in videos]
    clips = {pk: (title, pictured) for pk, title, pictured in statements.rows(CLIPS, {"videos": wanted})}
    return [
        Listed(
            pk,
            reverse("annotation:group", args=[pk]),
            count,
            int(100 * likeness),
            [Tile(video, clips[video][0], _poster(video, clips[video][1])) for video in videos],
        )
        for pk, likeness, count, videos in found
    ]


def load(
    group: ClipGroup, reviewer: User, choices: Mapping[int, str] | None = None, without: Collection[int] = ()
) -> Grid:
    """The grid with a verdict on it (by default the one the models propose) and what that would do. Raises Refused."""
    clips = rows.read(group.pk, group.business_line_id, reviewer.pk)
    now = terms.of(group.business_line, clips)
    free = [clip for clip in clips if clip.task is not None]
    counts = Counter(tag for clip in free for tag in now.shown(clip))
    choices = _proposed(counts, len(free)) if choices is None else choices
    chosen = [clip for clip in free if clip.video not in without]
    planned = terms.plan(chosen, choices, now)
    sampled = set(sending.sample(group.pk, reviewer.pk, [clip.video for clip in chosen]))
    tiles = {clip.video: _tile(clip, without, sampled) for clip in clips}
    conflicts = sending.told(planned, now)
    return Grid(
        group=group,
        tiles=list(tiles.values()),
        tags=_tags(counts, choices, now),
        free=len(free),
        held=sum(clip.task is None and not clip.reviewed for clip in clips),
        reviewed=sum(clip.reviewed for clip in clips),
        unlooked=[tile for tile in tiles.values() if tile.sampled and not tile.looked_at],
        plan=planned,
        conflicts=conflicts,
        refused=[tiles[clip.video] for clip, _broken in planned.conflicts],
    )


def _proposed(counts: Mapping[int, int], clips: int) -> dict[int, str]:
    """What is proposed for each clip is said of each clip; the rest of those it is proposed for."""
    return {tag: choice.ALL if count == clips else choice.PROPOSED for tag, count in counts.items()}


def _tags(counts: Mapping[int, int], choices: Mapping[int, str], now: terms.Terms) -> list[TagRow]:
    known = labels({*counts, *choices}, now.edition)
    order = sorted(known.keys() & {*counts, *choices}, key=lambda tag: (-counts.get(tag, 0), known[tag].name))
    said = {tag: choices.get(tag, choice.PROPOSED) for tag in order}
    return [TagRow(tag, known[tag], counts.get(tag, 0), said[tag], tag not in counts) for tag in order]


def _tile(clip: GroupClip, without: Collection[int], sampled: Collection[int]) -> Tile:
    return Tile(
        video=clip.video,
        title=clip.title,
        poster=_poster(clip.video, clip.pictured),
        length=clock(clip.duration) if clip.duration is not None else "",
        free=clip.task is not None,
        out=clip.video in without,
        sampled=clip.video in sampled,
        looked_at=clip.looked_at,
        reviewed=clip.reviewed,
    )


def _poster(video: int, pictured: bool) -> str:
    return reverse("tagging:media", args=[video, "poster"]) if pictured else ""


def proposed(group: ClipGroup, reviewer: User, video: int) -> list[tuple[str, int]]:
    """What one clip of the group is proposed: the name of each tag and its confidence in per cent.

    Nothing of a clip that this reviewer cannot judge here: they may be shown it otherwise elsewhere.
    """
    clips = [
        clip for clip in rows.read(group.pk, group.business_line_id, reviewer.pk) if clip.video == video and clip.task
    ]
    now = terms.of(group.business_line, clips)
    shown = {tag: sure for clip in clips for tag, (_pk, sure) in now.shown(clip).items()}
    known = labels(shown, now.edition)
    return [(known[tag].name, round(100 * sure)) for tag, sure in shown.items() if tag in known]


def story(event: GroupReview) -> dict[str, object]:
    """What a group review did: its clips, and those that it or its undoing left out, each with its title."""
    done = list(event.items.order_by("pk").values_list("review__task__video", flat=True))
    left = [*event.left_out, *event.left_alone]
    videos = {*done, *(entry["video"] for entry in left)}
    titles = {pk: title for pk, title, _pictured in statements.rows(CLIPS, {"videos": sorted(videos)})}
    named = [{**entry, "title": titles.get(entry["video"], "")} for entry in left]
    kinds = {why: [entry for entry in named if entry["why"] == why] for why in (sending.HELD, sending.CONFLICT)}
    alone = [entry for entry in named if entry["why"] == sending.SINCE]
    return {"event": event, "clips": len(done), "restored": len(done) - len(alone), "alone": alone, **kinds}
