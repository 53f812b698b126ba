"""The texts of all imported videos, a row at a time."""

from __future__ import annotations

from collections.abc import Iterator

from ml.types import TEXT_FIELDS, VideoInput
from tagging.models import Video

ROWS = 2000  # fetched together


class VideoTexts:
    """Iterated again it asks again; memory does not grow with the videos."""

    def __iter__(self) -> Iterator[str]:
        rows = Video.objects.order_by("pk").values("pk", *TEXT_FIELDS)
        for row in rows.iterator(chunk_size=ROWS):
            text = VideoInput(row.pop("pk"), **row).text()  # as the extractors will read it
            if text:
                yield text
