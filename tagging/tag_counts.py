"""How often each category is given now. Counting every row takes longer than a page may, so it may be a minute old."""

from __future__ import annotations

from collections import Counter

from django.core.cache import cache
from django.db.models import Count

from tagging import tag_merges
from tagging.models import VideoTag
from taxonomy.models import Tag

SECONDS = 60


def given() -> dict[int, int]:
    """Category -> how often videos have it, counted once for each business line. Unused ones are left out."""
    return cache.get_or_set("tags-given", _count, SECONDS) or {}


def _count() -> dict[int, int]:
    """Labels of merged tags that wait to be carried count for where they went."""
    rows = VideoTag.objects.filter(tag__kind=Tag.Kind.CATEGORY).order_by("tag").values_list("tag", "tag__merged_into")
    found, heirs = Counter[int](), None
    for tag, into, count in rows.annotate(n=Count("pk")):
        if into is not None:
            heirs = heirs if heirs is not None else tag_merges.targets()
            tag = heirs.get(tag, tag)
        found[tag] += count
    return dict(found)
