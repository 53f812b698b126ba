"""How tags are called on a page, in the reader's language, with the way to them through the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from taxonomy.edition import Edition
from taxonomy.models import Tag
from taxonomy.search import ancestry, preferred


@dataclass(frozen=True)
class Label:
    name: str
    path: tuple[str, ...]  # names of the ancestors, the root first; empty for an open tag or a root
    kind: str


def labels(tags: Iterable[int], edition: Edition | None = None) -> dict[int, Label]:
    """The labels of these tags; unknown ones are left out.

    Two queries, however many tags; none for tags that were asked for in this edition and language.
    """
    wanted = set(tags)
    known = _known(edition, get_language() or "en") if edition else {}
    if unknown := wanted - known.keys():
        known.update(_look_up(unknown))
    return {tag: known[tag] for tag in wanted & known.keys()}


@lru_cache(maxsize=16)
def _known(edition: Edition, language: str) -> dict[int, Label]:
    """What was looked up in this process, filled by `labels`."""
    return {}


def _look_up(wanted: set[int]) -> dict[int, Label]:
    tree = ancestry(wanted)
    names = {pk: tag.name for pk, tag in tree.items()} | preferred(tree)
    return {tag: Label(names[tag], _path(tree[tag], tree, names), tree[tag].kind) for tag in wanted & tree.keys()}


def _path(tag: Tag, tree: Mapping[int, Tag], names: Mapping[int, str]) -> tuple[str, ...]:
    path: list[str] = []
    while tag.parent_id is not None:
        path.insert(0, names[tag.parent_id])
        tag = tree[tag.parent_id]
    return tuple(path)
