"""Making groups of a line's queue: in a worker, from the features that suggestions were made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import chain

from django.db import connection, transaction
from django.utils import timezone

from annotation.groups import orders
from annotation.groups.clusters import Cluster, Pair, clusters
from annotation.groups.models import ClipGroup, ClipLook, GroupedClip
from annotation.models import ReviewTask
from ml.registry import serving
from tagging import fingerprints, suggestions
from taxonomy.models import BusinessLine

MOST_CLIPS = 10_000  # of a queue, the most urgent first: what is far behind is grouped when its turn comes
MOST_IN_GROUP = 60  # more pictures than that nobody looks at
LIKENESS = 0.96  # cosine from which clips are alike: measured, see docs/benchmarks.md
NEIGHBOURS = 30  # of each clip
FINGERPRINTS = 300  # made at once for clips that came in before there were any: some minutes of decoding
IN_USE = timedelta(minutes=30)  # so long after a look somebody may still be at work on a group

# Clips of the queue whose media file is the same one, so that they are alike whatever their texts say.
SAME_FILE = """
SELECT array_agg(video.id ORDER BY video.id) FROM tagging_video video
WHERE video.id = ANY(%s) AND video.media_id IS NOT NULL GROUP BY video.media_id HAVING count(*) > 1
"""


def gather(line: BusinessLine) -> int:
    """Put the clips of the line's queue into groups anew; returns how many groups there are.

    Groups that somebody looked at a moment ago stay as they are. Nothing happens before a model is active.
    """
    videos = _waiting(line)
    orders.begun(line, len(videos))
    alike = _alike(videos, lambda done: orders.compared(line, done))
    found = clusters(chain(_same_file(videos), _copies(videos), alike), most=MOST_IN_GROUP)
    with transaction.atomic():
        stored = _store(line, found)
        orders.finished(line, stored)
    return stored


def _waiting(line: BusinessLine) -> list[int]:
    tasks = ReviewTask.objects.filter(business_line=line, state=ReviewTask.State.WAITING, audit=False, assignee=None)
    return list(dict.fromkeys(tasks.order_by("-priority", "pk").values_list("video", flat=True)[:MOST_CLIPS]))


def _same_file(videos: Sequence[int]) -> list[Pair]:
    with connection.cursor() as cursor:
        cursor.execute(SAME_FILE, [list(videos)])
        return [(a, b, 1.0) for (same,) in cursor.fetchall() for a, b in _pairs(same)]


def _pairs(videos: Sequence[int]) -> Iterable[tuple[int, int]]:
    """All of one file are like each other: pairs of any two of few, of the first and each other one of many."""
    few = videos[:NEIGHBOURS]
    yield from ((a, b) for n, a in enumerate(few) for b in few[n + 1 :])
    yield from ((videos[0], b) for b in videos[NEIGHBOURS:])


def _copies(videos: Sequence[int]) -> list[Pair]:
    """Clips that show the same pictures, whatever is said of them and however they sound."""
    from ml import copies  # here, for the same reason as below

    fingerprints.complete(videos, FINGERPRINTS)
    known = fingerprints.of(videos)
    return copies.pairs(list(known), list(known.values()), NEIGHBOURS)


def _alike(videos: Sequence[int], told: Callable[[int], None]) -> list[Pair]:
    from ml import look_alikes  # here, because web processes import this module and must not load torch

    serving_now = serving.active()
    if serving_now is None or len(videos) < 2:
        return []
    _version, pipeline = serving_now
    return look_alikes.pairs(pipeline, suggestions.inputs(videos), LIKENESS, NEIGHBOURS, told)


def _store(line: BusinessLine, found: Sequence[Cluster]) -> int:
    recent = ClipLook.objects.filter(group__business_line=line, at__gte=timezone.now() - IN_USE)
    used = list(recent.values_list("group", flat=True).distinct())
    ClipGroup.objects.filter(business_line=line).exclude(pk__in=used).delete()
    taken = set(GroupedClip.objects.filter(group__in=used).values_list("video", flat=True))
    free = [(cluster, [v for v in cluster.videos if v not in taken]) for cluster in found]
    kept = [(cluster, videos) for cluster, videos in free if len(videos) > 1]
    groups = ClipGroup.objects.bulk_create(ClipGroup(business_line=line, likeness=c.likeness) for c, _videos in kept)
    GroupedClip.objects.bulk_create(
        GroupedClip(group=group, video_id=video)
        for group, (_cluster, videos) in zip(groups, kept, strict=True)
        for video in videos
    )
    return len(used) + len(groups)
