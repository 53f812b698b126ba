"""What videos that got suggestions or tags mean for people. Runs in the transaction of who sends the signal."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from annotation import priorities, queue
from ml.registry.models import ModelVersion
from tagging.signals import suggested
from taxonomy.models import TaxonomyVersion


@receiver(suggested)
def open_review_tasks(
    video_ids: list[int], model_version: ModelVersion, taxonomy_version: TaxonomyVersion, **_kw: Any
) -> None:
    queue.open_tasks(priorities.of_videos(video_ids, model_version, taxonomy_version))
