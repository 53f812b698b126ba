"""What tests of reviewing are about, with defaults for the rest."""

from __future__ import annotations

from typing import Any

from annotation.models import ReviewTask
from taxonomy.models import BusinessLine
from tests.factories import make_video


def make_task(line: BusinessLine, **kw: Any) -> ReviewTask:
    return ReviewTask.objects.create(business_line=line, **({"video": kw.pop("video", None) or make_video()} | kw))
