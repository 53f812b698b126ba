"""The clips of all imported videos, to take frames of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tagging.clips import StoredClip
from tagging.models import Video

if TYPE_CHECKING:
    from ml.pretraining.clip_frames import Clip

ROWS = 2000  # fetched together


class VideoClips:
    """Each media file once, in the order of its hash: the first thousands of many are any thousands."""

    def __iter__(self) -> Iterator[Clip]:
        from ml.pretraining.clip_frames import Clip  # decodes

        videos = Video.objects.exclude(media=None).order_by("media__content_hash", "pk").distinct("media__content_hash")
        for pk, program, path in videos.values_list("pk", "program", "media__path").iterator(chunk_size=ROWS):
            yield Clip(f"program {program}" if program else f"video {pk}", StoredClip(path))
