"""Names of tags as strangers write them -> tags: by code, id, name, alias, or a path through the tree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_noop as _

from tagging import tag_merges
from taxonomy.models import Tag, TagName
from taxonomy.search_keys import fold

_BETWEEN_LEVELS = re.compile(r"\s*[>›＞]\s*")

# What somebody wrote -> the tags of that code, of that id, of that name.
_Meanings = Mapping[str, tuple[set[int], set[int], set[int]]]


def resolve(names: Iterable[str]) -> dict[str, int | str]:
    """Each name -> its tag's id, or the sentence that says why it is none. Four queries, however many names.

    A path (`Fashion > Women > Dresses`) means its last tag, found below the ones before it; it may start anywhere.
    A merged tag means the one it was merged into.
    """
    paths = {name: [part for part in _BETWEEN_LEVELS.split(name) if part] for name in names}
    if not paths:
        return {}
    known = _known({part for parts in paths.values() for part in parts})
    return {name: known.find(parts) for name, parts in paths.items()}


@dataclass(frozen=True)
class _Known:
    meanings: _Meanings
    parents: Mapping[int, int | None]
    merges: Mapping[int, int]
    usable: set[int]

    def find(self, parts: Sequence[str]) -> int | str:
        found = self._matching(parts)
        usable = {self.merges.get(tag, tag) for tag in found} & self.usable
        if len(usable) == 1:
            return usable.pop()
        if usable:
            return _("Several tags have this name: use the code or the path.")
        return _("The tag may not be given to videos.") if found else _("There is no such tag.")

    def _matching(self, parts: Sequence[str]) -> set[int]:
        levels = [self.meanings.get(fold(part), (set(), set(), set())) for part in parts]
        if len(levels) == 1:
            return next(filter(None, levels[0]), set())
        found = set().union(*levels[0]) if levels else set()
        for level in levels[1:]:
            found = {tag for tag in set().union(*level) if self.parents[tag] in found}
        return found


def _known(parts: set[str]) -> _Known:
    folded = {fold(part) for part in parts}
    low = folded | {part.lower() for part in parts}
    numbers = [int(key) for key in folded if key.isascii() and key.isdigit() and len(key) < 19]
    meanings: dict[str, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))
    named = TagName.objects.annotate(low=Lower("text")).filter(Q(low__in=low) | Q(normalised__in=folded))
    for text, tag in named.values_list("text", "tag"):
        meanings[fold(text)][2].add(tag)
    by_name = {tag for _code, _id, tags in meanings.values() for tag in tags}
    tags = Tag.objects.annotate(low=Lower("name")).filter(
        Q(code__in=parts) | Q(pk__in=by_name.union(numbers)) | Q(low__in=low)
    )
    parents: dict[int, int | None] = {}
    for pk, code, name, parent in tags.values_list("pk", "code", "name", "parent"):
        parents[pk] = parent
        for place, key in enumerate((code, str(pk), name)):
            meanings[fold(key)][place].add(pk)
    merges = tag_merges.targets()
    final = {merges.get(tag, tag) for tag in parents}
    usable = Tag.objects.filter(pk__in=final, state=Tag.State.ACTIVE, assignable=True)
    return _Known(meanings, parents, merges, set(usable.values_list("pk", flat=True)))
