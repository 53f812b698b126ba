"""How tags are called on a page, in the reader's language, with the way to them through the tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from taxonomy.models import Tag, TagName
from taxonomy.rules import RuleBook


@dataclass(frozen=True)
class Label:
    name: str
    path: tuple[str, ...]  # names of the ancestors, the root first; empty for an open tag or a root
    kind: str


def labels(tags: Iterable[int], book: RuleBook) -> dict[int, Label]:
    """The labels of these tags. Two queries, however many tags."""
    ways = {tag: book.path(tag) if tag in book else (tag,) for tag in tags}
    nodes = {node for way in ways.values() for node in way}
    found = {tag.pk: tag for tag in Tag.objects.filter(pk__in=nodes).only("name", "kind")}
    names = {pk: tag.name for pk, tag in found.items()} | _preferred(nodes)
    return {
        tag: Label(names[tag], tuple(names.get(node, "") for node in reversed(way[1:])), found[tag].kind)
        for tag, way in ways.items()
        if tag in found
    }


def _preferred(tags: Iterable[int]) -> dict[int, str]:
    language = (get_language() or "en").split("-")[0]
    names = TagName.objects.filter(tag__in=list(tags), preferred=True, language__startswith=language)
    return dict(names.values_list("tag", "text"))
