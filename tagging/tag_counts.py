"""How often each category is given now. Counting every row takes longer than a page may, so it may be a minute old."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.utils import timezone

from tagging import tag_merges
from tagging.models import VideoTag
from taxonomy.models import Tag

SECONDS = 60


def given(unsaid: Collection[int] = ()) -> dict[int, int]:
    """Category -> how often videos have it, counted once for each business line. Unused ones are left out.

    Without the tags that the videos `unsaid` (`tagging.veils`) had when all were counted.
    """
    counts, at = cache.get_or_set("tags-given", _counted, SECONDS) or _counted()
    less = _count(VideoTag.objects.filter(video__in=unsaid, created_at__lte=at)) if unsaid else {}
    return {tag: n - less.get(tag, 0) for tag, n in counts.items() if n > less.get(tag, 0)}


def _counted() -> tuple[dict[int, int], datetime]:
    """With the moment."""
    at = timezone.now()
    return _count(VideoTag.objects.all()), at


def _count(labels: QuerySet[VideoTag]) -> dict[int, int]:
    """Labels of merged tags that wait to be carried count for where they went."""
    rows = labels.filter(tag__kind=Tag.Kind.CATEGORY).order_by("tag").values_list("tag", "tag__merged_into")
    found, heirs = Counter[int](), None
    for tag, into, count in rows.annotate(n=Count("pk")):
        if into is not None:
            heirs = heirs if heirs is not None else tag_merges.targets()
            tag = heirs.get(tag, tag)
        found[tag] += count
    return dict(found)
