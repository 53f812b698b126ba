"""The tree as the server draws it: whole while it is small, otherwise its upper levels."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from taxonomy.models import Tag
from taxonomy.search import preferred

WHOLE = 300  # categories that the server draws at once; the page's script shows any number
LEVELS = 2  # drawn of a larger tree; the pages of its tags show the rest
OPEN_TAGS = 200


@dataclass
class Branch:
    tag: Tag
    name: str
    below: int = 0  # tags directly below it
    children: list[Branch] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    roots: list[Branch]
    categories: int
    open_tags: list[Branch]
    open_count: int


def tree() -> Tree:
    """The categories and the first open tags, without merged ones, in the reader's language. Five queries."""
    rows = Tag.objects.exclude(state=Tag.State.MERGED).only("name", "kind", "state", "assignable", "parent", "depth")
    categories, others = rows.filter(kind=Tag.Kind.CATEGORY), rows.exclude(kind=Tag.Kind.CATEGORY)
    count = categories.count()
    drawn = categories if count <= WHOLE else categories.filter(depth__lte=LEVELS)
    below = categories.filter(parent=OuterRef("pk")).order_by().values("parent").annotate(n=Count("pk")).values("n")
    shown = list(drawn.annotate(below=Coalesce(Subquery(below), 0)).order_by("depth", "position", "name", "pk"))
    open_tags = list(others.order_by("kind", "name")[:OPEN_TAGS])
    names = preferred(tag.pk for tag in (*shown, *open_tags))
    branches = {tag.pk: Branch(tag, names.get(tag.pk, tag.name), tag.below) for tag in shown}
    for branch in branches.values():
        if branch.tag.parent_id in branches:
            branches[branch.tag.parent_id].children.append(branch)
    roots = [branch for branch in branches.values() if branch.tag.parent_id is None]
    return Tree(roots, count, [Branch(tag, names.get(tag.pk, tag.name)) for tag in open_tags], others.count())
