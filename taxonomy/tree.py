"""The tree as pages show it: whole while it is small, otherwise its upper levels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from taxonomy.models import Tag
from taxonomy.search import preferred

WHOLE = 2_000  # categories that one page shows at once
LEVELS = 2  # shown of a larger tree; the pages of its tags show the rest
OPEN_TAGS = 500


@dataclass
class Branch:
    tag: Tag
    name: str
    below: int = 0  # tags below it
    children: list[Branch] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    roots: list[Branch]
    categories: int
    open_tags: list[Branch]
    open_count: int


def tree() -> Tree:
    """The categories and the first open tags, named in the reader's language. Merged tags are left out."""
    rows = Tag.objects.exclude(state=Tag.State.MERGED).only("name", "kind", "state", "assignable", "parent", "depth")
    categories = list(rows.filter(kind=Tag.Kind.CATEGORY).order_by("depth", "position", "name"))
    others = rows.exclude(kind=Tag.Kind.CATEGORY).order_by("kind", "name")
    open_tags, open_count = list(others[:OPEN_TAGS]), others.count()
    shown = [tag for tag in categories if len(categories) <= WHOLE or tag.depth <= LEVELS]
    names = preferred(tag.pk for tag in (*shown, *open_tags))
    branches = {tag.pk: Branch(tag, names.get(tag.pk, tag.name)) for tag in shown}
    for pk, count in _below(categories).items():
        if pk in branches:
            branches[pk].below = count
    for branch in branches.values():
        if branch.tag.parent_id in branches:
            branches[branch.tag.parent_id].children.append(branch)
    roots = [branch for branch in branches.values() if branch.tag.parent_id is None]
    return Tree(roots, len(categories), [Branch(tag, names.get(tag.pk, tag.name)) for tag in open_tags], open_count)


def _below(categories: list[Tag]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for tag in reversed(categories):  # the deepest first
        if tag.parent_id is not None:
            counts[tag.parent_id] += counts[tag.pk] + 1
    return counts
