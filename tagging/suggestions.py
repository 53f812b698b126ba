"""Suggestions of the active model, and of the canary in its share: claimed, proposed and stored a batch at a time.

What is to do is found in the database, so a lost message or a killed worker loses nothing: the lease of a dead worker's
batch runs out and the next one takes it, now one video at a time: the one that kills workers (a file that makes a
decoder crash) is found and, after SUGGEST_ATTEMPTS, left alone with its reason. Two workers may do the same video; the
first to store it wins.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet

from ml.registry import canaries, serving
from ml.registry.canaries import Duty
from ml.registry.models import Canary, ModelVersion
from ml.types import FoundPhrase, Proposal, VideoInput
from tagging import clips, gallery, new_phrases, suggestion_rows
from tagging.canary_share import in_share
from tagging.models import SuggestionSet, Video
from tagging.suggestion_rows import Failed, Proposed
from taxonomy import versions
from taxonomy.models import TaxonomyVersion

if TYPE_CHECKING:
    from ml.pipeline import Pipeline

log = logging.getLogger(__name__)

# What a video can do to the models. Anything else is a fault of ours and stops the worker's batch.
PIPELINE_ERRORS = (ArithmeticError, LookupError, OSError, RuntimeError, ValueError)
Read = dict[int, list[FoundPhrase]]  # new phrases by video
HEALTHY = VideoInput(id=0, title="A video that no stack fails at")


@dataclass(frozen=True)
class Progress:
    """How far the suggestions of the active model are."""

    done: int
    total: int

    @property
    def waiting(self) -> int:
        return self.total - self.done


def progress() -> Progress:
    """Of the videos nobody reviewed yet, how many the active model, or the canary in its share, has looked at."""
    videos = Video.objects.usable().filter(reviewed_at=None).count()
    duty = canaries.duty()
    waiting = Video.objects.without_suggestions_of(duty.active, duty.canary).count() if duty else videos
    return Progress(videos - waiting, videos)


def suggest_batch(limit: int | None = None) -> int:
    """Suggest tags for up to `limit` videos that wait for it; returns how many were claimed, 0 when none is left.

    A video that the pipeline fails at gets an empty set with the reason. When the pipeline fails at everything, the
    error is raised, nothing is stored, and the videos wait for their lease to run out. A canary that fails at
    everything ends its own trial: its videos are the active version's again.
    """
    serving_now, taxonomy = serving.active(), versions.current()
    if serving_now is None or taxonomy is None:
        return 0
    version, pipeline = serving_now
    canary = canaries.running()
    waiting = Video.objects.to_suggest(version, canary)
    claimed = _claim_tried(waiting) or _claim(waiting, limit or settings.SUGGEST_BATCH)
    theirs = _of_canary(claimed, canary)
    if canary and theirs:
        _try(canary, Duty(version, canary), theirs, taxonomy)
    if ours := {video: attempts for video, attempts in claimed.items() if video not in theirs}:
        _suggest(version, pipeline, ours, taxonomy)
    return len(claimed)


def _of_canary(claimed: Mapping[int, int], canary: Canary | None) -> dict[int, int]:
    """Those of the claimed videos that are the canary's."""
    if not canary or not claimed:
        return {}
    found = Video.objects.filter(in_share(canary), pk__in=claimed).values_list("pk", flat=True)
    return {video: claimed[video] for video in found}


def _try(canary: Canary, duty: Duty, claimed: Mapping[int, int], taxonomy: TaxonomyVersion) -> None:
    """The canary's turn. Whatever it cannot do, suggestions go on: the active version takes over."""
    try:
        _suggest(canary.version, serving.pipeline(canary.version, duty), claimed, taxonomy)
    except DatabaseError:
        raise
    except Exception as reason:
        log.exception("the canary %s failed", canary.version)
        canaries.end(canary, Canary.Outcome.FAILED, error=f"{type(reason).__name__}: {reason}")
        Video.objects.filter(pk__in=claimed).update(suggesting_until=None)


def _suggest(version: ModelVersion, pipeline: Pipeline, claimed: Mapping[int, int], taxonomy: TaxonomyVersion) -> None:
    given_up = [pk for pk, attempts in claimed.items() if attempts > settings.SUGGEST_ATTEMPTS]
    read, likeness = Read(), dict[int, float]()
    proposed: dict[int, list[Proposal] | Failed] = dict.fromkeys(given_up, Failed(SuggestionSet.Failure.WORKER))
    try:
        if videos := inputs(claimed.keys() - proposed.keys()):
            _meet(pipeline)
            proposed |= _propose(pipeline, videos, read, likeness)
    except Exception:  # the machine's fault: it must not count against the videos
        Video.objects.filter(pk__in=claimed).update(suggest_attempts=F("suggest_attempts") - 1)
        raise
    if proposed:
        with transaction.atomic():  # milliseconds, after seconds
            stored = suggestion_rows.store(version, taxonomy, gallery.allowed(proposed), likeness)
            new_phrases.note({video: read.get(video, ()) for video in stored})


def look_back(videos: Iterable[int]) -> list[int]:
    """Ask the active model about reviewed videos it has not seen, unless new ones wait; returns those it looked at.

    What it says is stored beside what their reviewers saw. One that workers died over is left alone.
    """
    serving_now, taxonomy = serving.active(), versions.current()
    if serving_now is None or taxonomy is None:
        return []
    version, pipeline = serving_now
    if Video.objects.to_suggest(version, canaries.running()).exists():
        return []
    untroubled = Video.objects.usable().filter(pk__in=list(videos), suggest_attempts__lte=settings.SUGGEST_ATTEMPTS)
    chosen = list(untroubled.values_list("pk", flat=True))
    Video.objects.filter(pk__in=chosen).update(suggest_attempts=F("suggest_attempts") + 1)
    try:
        _meet(pipeline)
        proposed = _propose(pipeline, inputs(chosen), Read(), {}) if chosen else {}
    except Exception:  # the machine's fault
        Video.objects.filter(pk__in=chosen).update(suggest_attempts=F("suggest_attempts") - 1)
        raise
    with transaction.atomic():
        return suggestion_rows.store_again(version, taxonomy, gallery.allowed(proposed))


def _meet(pipeline: Pipeline) -> None:
    """Tell the pipeline who may be recognised now: asked before each batch, like the active version."""
    if pipeline.gallery_version != gallery.version():
        pipeline.know(gallery.load())


def again(video: Video) -> bool:
    """Let the model that failed at a video look at it once more; False where none did, or a person decided."""
    failed = SuggestionSet.objects.filter(
        video=video, model_version__in=ModelVersion.objects.on_duty(), video__reviewed_at=None
    ).exclude(failure="")
    with transaction.atomic():
        Video.objects.filter(pk=video.pk).update(suggest_attempts=0)
        return bool(failed.delete()[0])


def _claim_tried(waiting: QuerySet[Video]) -> dict[int, int]:
    """One video that a worker died over: alone, so that it takes no others down when it was the cause."""
    return _leased(waiting.filter(suggest_attempts__gt=0), 1)


def _claim(waiting: QuerySet[Video], limit: int) -> dict[int, int]:
    """Up to `limit` videos that no worker has had in hand yet."""
    return _leased(waiting.filter(suggest_attempts=0), limit)


def _leased(free: QuerySet[Video], limit: int) -> dict[int, int]:
    """Lease some of the videos in one statement; each with its number of attempts, this one included."""
    with transaction.atomic(), connection.cursor() as cursor:
        chosen = free.order_by("pk").select_for_update(skip_locked=True).values("pk")
        query, params = chosen[:limit].query.sql_with_params()
        # ARRAY(): the rows to lock are chosen once, whatever the planner makes of the rest. The query is Django's own.
        lease = "UPDATE tagging_video SET suggesting_until = now() + make_interval(secs => %s)"
        cursor.execute(
            f"{lease}, suggest_attempts = suggest_attempts + 1"
            f" WHERE id = ANY(ARRAY({query})) RETURNING id, suggest_attempts",
            [settings.SUGGEST_LEASE_SECONDS, *params],
        )
        return dict(sorted(cursor.fetchall()))


def inputs(ids: Iterable[int]) -> list[VideoInput]:
    """The videos as the models receive them, in the order of their ids."""
    names = ("pk", "title", "description", "cover_text", "uploader", "program", "media__path", "media__content_hash")
    rows = Video.objects.filter(pk__in=list(ids)).order_by("pk").values_list(*names)
    return [
        VideoInput(pk, title, description, cover, uploader, program, clips.StoredClip(path) if path else None, content)
        for pk, title, description, cover, uploader, program, path, content in rows
    ]


def _propose(pipeline: Pipeline, videos: Sequence[VideoInput], read: Read, likeness: dict[int, float]) -> Proposed:
    """Proposals by video, or why there are none. A failing batch is halved until the video at fault stands alone.

    `read` gets the phrases that were found on the way, `likeness` how alike the most alike known clip is.
    """
    try:
        proposals = pipeline.propose(videos)
        read.update(pipeline.phrases)
        likeness.update(pipeline.likeness)
        return dict(zip([video.id for video in videos], proposals, strict=True))
    except PIPELINE_ERRORS as reason:
        if len(videos) == 1:
            pipeline.propose([HEALTHY])  # raises too when the fault is the machine's and not the video's
            log.exception("no suggestions for video %s", videos[0].id)
            return {videos[0].id: Failed(SuggestionSet.Failure.MODELS, f"{type(reason).__name__}: {reason}")}
    middle = len(videos) // 2
    halves = videos[:middle], videos[middle:]
    return {video: said for half in halves for video, said in _propose(pipeline, half, read, likeness).items()}
