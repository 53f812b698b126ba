"""What the page of one tag tells from within the taxonomy. Figures of its use come from the apps above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Q

from taxonomy import guidelines, search, wording
from taxonomy.models import BusinessLine, Tag, TagName, TagRelation

CHILDREN = 200  # named on the page; the tree shows them all


@dataclass(frozen=True, slots=True)
class ShownRelation:
    """What the tag has to do with another one, or another one with it."""

    kind: str
    label: str
    name: str  # of the other tag, or a URI
    to: str  # as an edit names it: the other tag's code, or the URI
    pk: int | None  # of the other tag
    incoming: bool


@dataclass(frozen=True)
class TagPage:
    tag: Tag
    name: str
    names: list[TagName]
    path: list[tuple[int, str]]  # the ancestors, the root first
    children: list[tuple[Tag, str]]
    rules: list[wording.RuleInWords]
    relations: list[ShownRelation]
    texts: list[tuple[BusinessLine | None, guidelines.Text]]  # the general one first, then what lines have of their own

    @property
    def aliases(self) -> list[str]:
        """The names it also has, in any language."""
        return list(dict.fromkeys(row.text for row in self.names if row.text != self.name))


def load(tag: Tag) -> TagPage:
    """All of it, in a constant number of queries."""
    above = search.ancestry([tag.pk])
    children = list(tag.children.exclude(state=Tag.State.MERGED)[:CHILDREN])
    path = [tag]
    while path[0].parent_id is not None:
        path.insert(0, above[path[0].parent_id])
    names = {each.pk: each.name for each in (*path, *children)} | search.preferred([*above, *(c.pk for c in children)])
    return TagPage(
        tag=tag,
        name=names[tag.pk],
        names=list(tag.names.all()),
        path=[(each.pk, names[each.pk]) for each in path[:-1]],
        children=[(each, names[each.pk]) for each in children],
        rules=wording.rules_about(above),
        relations=_relations(tag.pk),
        texts=list(_texts(tag.pk)),
    )


def _relations(tag: int) -> list[ShownRelation]:
    rows = TagRelation.objects.filter(Q(tag=tag) | Q(other=tag)).select_related("tag", "other").order_by("kind", "pk")
    found = []
    for row in rows:
        other = row.tag if row.other_id == tag else row.other
        name, to, pk = (other.name, other.code, other.pk) if other else (row.uri, row.uri, None)
        found.append(ShownRelation(row.kind, row.get_kind_display(), name, to, pk, incoming=row.other_id == tag))
    names = search.preferred(relation.pk for relation in found if relation.pk)
    return [replace(relation, name=names.get(relation.pk or 0, relation.name)) for relation in found]


def _texts(tag: int) -> Iterator[tuple[BusinessLine | None, guidelines.Text]]:
    for line in (None, *BusinessLine.objects.all()):
        text = guidelines.texts([tag], line.pk if line else None).get(tag)
        if text and (line is None or text.line is not None):
            yield line, text
