"""What tests of reviewing are about, with defaults for the rest."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from annotation import queue, reviews
from annotation.models import Review, ReviewTask
from annotation.verdicts import Said
from taxonomy import versions
from taxonomy.models import BusinessLine, Tag, TaxonomyVersion
from tests.factories import make_video


def make_task(line: BusinessLine, **kw: Any) -> ReviewTask:
    return ReviewTask.objects.create(business_line=line, **({"video": kw.pop("video", None) or make_video()} | kw))


def publish() -> TaxonomyVersion:
    """Publish the tags and rules as they are now."""
    return versions.publish()


def add(*tags: Tag) -> list[Said]:
    return [Said(tag.pk, "add") for tag in tags]


def claim(reviewer: User, line: BusinessLine) -> ReviewTask:
    task = queue.claim(reviewer, line)
    assert task, "there is nothing to claim"
    return task


def make_review(task: ReviewTask, verdicts: Iterable[Said], reviewer: User | None = None, **kw: Any) -> Review:
    """Submit verdicts on a task that `reviewer` has claimed."""
    values = {"token": task.token, "operation": uuid.uuid4(), "verdicts": list(verdicts)} | kw
    return reviews.submit(task.pk, reviewer=reviewer or task.reviewer, **values)
