"""What tags mean for a business line, in the text that holds now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q

from taxonomy.models import BusinessLine, Guideline


def current(tags: Iterable[int], line: BusinessLine | int) -> dict[int, Guideline]:
    """The newest text of each tag: the line's own, else the one for all lines. Tags without any are left out."""
    texts = Guideline.objects.filter(Q(business_line=line) | Q(business_line=None), tag__in=set(tags))
    newest = texts.order_by("tag_id", F("business_line_id").asc(nulls_last=True), "-version").distinct("tag_id")
    return {text.tag_id: text for text in newest}
