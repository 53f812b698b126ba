"""Names of tags as strangers write them -> tags: by code, id, name, alias, or a path through the tree."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_noop as _

from taxonomy.models import Tag, TagName

_BETWEEN_LEVELS = re.compile(r"\s*[>›＞]\s*")
MAX_MERGES = 20  # a tag may be merged into one that is merged itself


def resolve(names: Iterable[str]) -> dict[str, int | str]:
    """Each name -> its tag's id, or the sentence that says why it is none. A fixed number of queries.

    A path (`Fashion > Women > Dresses`) means its last tag, found below the ones before it; it may start anywhere.
    """
    paths = {name: [part for part in _BETWEEN_LEVELS.split(name) if part] for name in names}
    known = _known({part for parts in paths.values() for part in parts})
    return {name: known.find(parts) for name, parts in paths.items()}


@dataclass(frozen=True)
class _Known:
    tags: Mapping[int, tuple[int | None, str, int | None, bool]]  # id -> parent, state, merged into, assignable
    by_key: Mapping[str, Sequence[set[int]]]  # what was written -> tags of that code, of that id, of that name

    def find(self, parts: Sequence[str]) -> int | str:
        found = self._matching(parts)
        usable = {self._final(tag) for tag in found} & self._usable()
        if len(usable) == 1:
            return usable.pop()
        if len(usable) > 1:
            return _("Several tags have this name: use the code or the path.")
        if not found:
            return _("There is no such tag.")
        return _("The tag may not be given to videos.")

    def _matching(self, parts: Sequence[str]) -> set[int]:
        if not parts:
            return set()
        if len(parts) == 1:
            return next(filter(None, self.by_key.get(fold(parts[0]), ())), set())
        levels = [set().union(*self.by_key.get(fold(part), ())) for part in parts]
        found = levels[0]
        for level in levels[1:]:
            found = {tag for tag in level if self.tags[tag][0] in found}
        return found

    def _final(self, tag: int) -> int:
        """The tag that `tag` was merged into."""
        for _step in range(MAX_MERGES):
            target = self.tags[tag][2] if tag in self.tags else None
            if target is None:
                break
            tag = target
        return tag

    def _usable(self) -> set[int]:
        return {tag for tag, (_parent, state, _into, given) in self.tags.items() if state == Tag.State.ACTIVE and given}


def fold(name: str) -> str:
    """Names that differ in case, width or spaces only are the same name."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _known(parts: set[str]) -> _Known:
    keys = {fold(part) for part in parts}
    if not keys:
        return _Known({}, {})
    numbers = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
    raw = keys | {part.lower() for part in parts}
    by_key: dict[str, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))
    tags: dict[int, tuple[int | None, str, int | None, bool]] = {}
    # Merged tags come along with whatever they were merged into, so that a merge is followed without more queries.
    wanted = Q(code__in=parts) | Q(pk__in=numbers) | Q(low__in=raw)
    named = TagName.objects.annotate(low=Lower("text")).filter(Q(low__in=raw) | Q(normalised__in=keys))
    for text, tag in named.values_list("text", "tag"):
        by_key[fold(text)][2].add(tag)
    wanted |= Q(pk__in={tag for groups in by_key.values() for tag in groups[2]})
    found = Tag.objects.annotate(low=Lower("name")).filter(wanted)
    for row in found.values_list("pk", "code", "name", "parent", "state", "merged_into", "assignable"):
        pk, code, name, *rest = row
        tags[pk] = tuple(rest)  # type: ignore[assignment]
        by_key[fold(code)][0].add(pk)
        by_key[str(pk)][1].add(pk)
        by_key[fold(name)][2].add(pk)
    for row in (
        Tag.objects.filter(Q(merged__isnull=False))
        .distinct()
        .values_list("pk", "parent", "state", "merged_into", "assignable")
    ):
        tags[row[0]] = row[1:]
    return _Known(tags, by_key)
