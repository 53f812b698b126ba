"""The tags a video has now for one business line: what its latest review that holds gave it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from annotation.models import Review
from annotation.verdicts import Said, given
from tagging import tag_merges
from tagging.models import VideoTag
from taxonomy.models import Tag


def successors(tags: Iterable[int]) -> dict[int, int]:
    """The tag that stands for each of these today: itself, or what it was merged into. Unknown ids are left out."""
    found = dict(Tag.objects.filter(pk__in=set(tags)).values_list("pk", "merged_into"))
    merges = tag_merges.targets() if any(found.values()) else {}
    return {tag: merges.get(tag, tag) for tag in found}


def replace(video: int, line: int, tags: Iterable[int], source: str) -> None:
    """Give the video exactly these tags. The caller has locked the video."""
    VideoTag.objects.filter(video=video, business_line=line).delete()
    VideoTag.objects.bulk_create(
        VideoTag(video_id=video, business_line_id=line, tag_id=tag, source=source) for tag in sorted(tags)
    )


def restore(video: int, line: int) -> None:
    """Give the video what the latest review that still holds says: another reviewer's or an import's; else nothing."""
    holding = Review.objects.filter(task__video=video, task__business_line=line, pk=F("task__current_review"))
    review = holding.order_by("-pk").first()
    if review is None:
        replace(video, line, [], VideoTag.Source.REVIEW)
        return
    tags = given(Said(v.tag_id, v.choice, v.reason, v.replacement_id) for v in review.verdicts.all())
    source = VideoTag.Source.IMPORT if review.kind == Review.Kind.IMPORT else VideoTag.Source.REVIEW
    replace(video, line, set(successors(tags).values()), source)
