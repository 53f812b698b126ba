"""How often each category is given now. Counting every row takes longer than a page may, so it may be a minute old."""

from __future__ import annotations

from django.core.cache import cache
from django.db.models import Count

from tagging.models import VideoTag
from taxonomy.models import Tag

SECONDS = 60


def given() -> dict[int, int]:
    """Category -> how often videos have it, counted once for each business line. Unused ones are left out."""
    rows = VideoTag.objects.filter(tag__kind=Tag.Kind.CATEGORY).order_by("tag").values_list("tag")
    return cache.get_or_set("tags-given", lambda: dict(rows.annotate(n=Count("pk"))), SECONDS) or {}
