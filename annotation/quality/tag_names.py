"""The names of tags in tables of figures: found by, shown as, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from taxonomy.models import Tag
from taxonomy.search import preferred

# Of the tag `taxonomy_tag`, whatever language the name is in.
MATCHES = """taxonomy_tag.name ILIKE %(like)s OR EXISTS (
    SELECT FROM taxonomy_tagname named WHERE named.tag_id = taxonomy_tag.id AND named.text ILIKE %(like)s)"""


def like(text: str) -> str:
    """The pattern of names that hold these words."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def of(tags: Iterable[int]) -> dict[int, str]:
    """Two queries."""
    known = set(tags)
    return dict(Tag.objects.filter(pk__in=known).values_list("pk", "name")) | preferred(known)
