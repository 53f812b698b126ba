"""The rows of group reviews: read, locked, written and restored by the statements of `queries`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from annotation import restoring
from annotation.agreement import consensus
from annotation.groups import queries
from annotation.groups.models import GroupReview
from annotation.verdicts import Said
from tagging import statements


@dataclass(frozen=True)
class GroupClip:
    """One clip of a group as a reviewer may judge it."""

    video: int
    task: int | None  # None: it is in other hands, or needs nobody any more
    model: int | None
    suggested: tuple[tuple[int, float, int], ...]  # tag, confidence, id of the suggestion; the surest first
    has: frozenset[int]  # the tags it has now
    before: Mapping[str, Any] | None = None  # its rows, of a locked one
    title: str = ""
    pictured: bool = False
    duration: float | None = None  # seconds
    looked_at: bool = False
    reviewed: bool = False  # by this reviewer


@dataclass(frozen=True)
class Judged:
    """A locked clip with what is said of it and the tags that gives it."""

    clip: GroupClip
    said: Sequence[Said]
    tags: frozenset[int]
    shown: Mapping[int, tuple[int, float]]  # proposed tag -> id of the suggestion, confidence


def read(group: int, line: int, reviewer: int) -> list[GroupClip]:
    """All clips of the group, those that this reviewer cannot judge too."""
    found = statements.rows(queries.READ, {"group": group, "line": line, "reviewer": reviewer})
    return [
        _clip(*common, title=title, pictured=pictured, duration=duration, looked_at=looked, reviewed=reviewed)
        for *common, title, pictured, duration, looked, reviewed in found
    ]


def lock(group: int, line: int, reviewer: int, without: Iterable[int]) -> list[GroupClip]:
    """Those that this reviewer can judge now, locked until the end of the transaction; by id."""
    values = {"group": group, "line": line, "reviewer": reviewer, "without": sorted(without)}
    return [_clip(*common, before=before) for *common, before in statements.rows(queries.LOCK, values)]


def write(event: GroupReview, judged: Sequence[Judged], taxonomy: int, guidelines: Mapping[int, int]) -> None:
    """Store a review of each clip and what it leads to. `guidelines` are the ids of the texts that hold, by tag.

    Where others have had their say on a clip, its tags are what all of them say together.
    """
    said = [(one, verdict) for one in judged for verdict in one.said]
    shown = [one.shown.get(v.tag, (None, None)) for one, v in said]
    given = [(one.clip.video, tag) for one in judged for tag in sorted(one.tags)]
    values = {
        "event": event.pk,
        "line": event.business_line_id,
        "reviewer": event.reviewer_id,
        "taxonomy": taxonomy,
        "seconds": event.seconds and event.seconds / len(judged),
        "tasks": [one.clip.task for one in judged],
        "videos": [one.clip.video for one in judged],
        "operations": [uuid5(event.operation, str(one.clip.task)) for one in judged],
        "models": [one.clip.model for one in judged],
        "befores": [json.dumps(one.clip.before) for one in judged],
        "said_tasks": [one.clip.task for one, _v in said],
        "tags": [v.tag for _one, v in said],
        "choices": [v.choice for _one, v in said],
        "suggestions": [suggestion for suggestion, _sure in shown],
        "confidences": [sure for _suggestion, sure in shown],
        "guidelines": [guidelines.get(v.tag) for _one, v in said],
        "given_videos": [video for video, _tag in given],
        "given_tags": [tag for _video, tag in given],
    }
    if shared := [video for (video,) in statements.rows(queries.WRITE, values)]:
        consensus.settle(shared, event.business_line_id)
        statements.rows(queries.SETTLED, {"event": event.pk, "line": event.business_line_id, "videos": shared})


def restore(event: GroupReview, operation: UUID) -> tuple[list[int], list[int]]:
    """Take the reviews of all its clips back; returns the videos restored, and those left alone."""
    locked = statements.rows(queries.LOCK_ITEMS, {"event": event.pk})
    undoings = {item: uuid5(operation, str(task)) for item, _video, task in locked}
    restored = restoring.restore(
        "annotation_groupreviewitem", undoings, reviewer=event.reviewer_id, line=event.business_line_id
    )
    videos = [video for _item, video, _task in locked]
    return [video for video in videos if video in restored], [video for video in videos if video not in restored]


def _clip(
    video: int,
    task: int | None,
    model: int | None,
    suggested: Sequence[Sequence[Any]] | None,
    has: Iterable[int],
    **told: Any,
) -> GroupClip:
    shown = tuple((int(tag), float(sure), int(pk)) for tag, sure, pk in suggested or ())
    return GroupClip(video, task, model, shown, frozenset(has), **told)
