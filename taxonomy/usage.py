"""Which tags something outside the taxonomy speaks of: labels, verdicts, suggestions, policies. They are never deleted.

Asked through Django's own register of relations, so that the apps above need not be known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taxonomy.models import Guideline, Tag


def used(tags: Iterable[int]) -> set[int]:
    """Of these tags, those that are used, in themselves or through one of their guidelines. A query a relation."""
    wanted = set(tags)
    if not wanted:
        return set()
    texts = dict(Guideline.objects.filter(tag__in=wanted).values_list("pk", "tag"))
    found = _named(Tag, wanted)
    return found | {texts[text] for text in _named(Guideline, set(texts))}


def _named(model: Any, rows: set[int]) -> set[int]:
    found: set[int] = set()
    for relation in model._meta.related_objects:
        theirs = relation.related_model
        if theirs._meta.app_label == "taxonomy" or not rows:
            continue
        if relation.many_to_many:
            theirs, name = relation.field.remote_field.through, relation.field.m2m_reverse_field_name()
        else:
            name = relation.field.name
        named = theirs._base_manager.filter(**{f"{name}__in": rows})
        found |= set(named.order_by().values_list(name, flat=True).distinct())
    return found
