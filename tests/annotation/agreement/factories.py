"""Overlapping reviews to be about, with defaults for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from annotation import waiting
from annotation.models import Review
from annotation.verdicts import Said
from ml.registry.models import ModelVersion
from tagging.models import SuggestionSet, Video, VideoTag
from taxonomy.models import BusinessLine, Tag
from tests.annotation.factories import claim, make_review
from tests.factories import make_suggestions, make_user, make_video


def make_shared(line: BusinessLine, proposed: dict[Tag, float], *, model: ModelVersion, taxonomy: Any) -> Video:
    """A video in the queue of an overlapping line, with what the model proposes."""
    video = make_video()
    make_suggestions(video, proposed, model=model, taxonomy=taxonomy)
    waiting.open_tasks([waiting.Wanted(video.pk, line.pk)])
    return video


def review(
    line: BusinessLine,
    *,
    accept: Iterable[Tag] = (),
    reject: Iterable[Tag] = (),
    add: Iterable[Tag] = (),
    reviewer: Any = None,
) -> Review:
    """What one more reviewer says of the clip that waits."""
    task = claim(reviewer or make_user(lines=(line,)), line)
    said = {"accept": accept, "reject": reject, "add": add}
    verdicts = [Said(tag.pk, choice) for choice, tags in said.items() for tag in tags]
    seen = SuggestionSet.objects.filter(video=task.video_id).first()
    return make_review(task, verdicts, model_version=seen.model_version_id if seen else None)


def given(video: Video, line: BusinessLine) -> set[str]:
    return set(VideoTag.objects.filter(video=video, business_line=line).values_list("tag__name", flat=True))
