"""Finding tags by what people type: a name, an alias, pinyin or its initials, from the beginning or within."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import get_language

from taxonomy.models import Tag, TagName
from taxonomy.search_keys import fold, is_chinese

LIMIT = 20
_LOOKED_AT = 200  # names that begin with what was typed; more than that and the query says too little to rank


@dataclass(frozen=True, slots=True)
class Found:
    """A tag that answers a query; `matched` is the name by which it was found."""

    tag: int
    name: str
    path: tuple[str, ...]  # names of the ancestors, the root first
    kind: str
    matched: str


def search(query: str, limit: int = LIMIT, *, assignable: bool = False) -> list[Found]:
    """The tags that answer best: whole names, then beginnings, then words within, then any part. At most 4 queries.

    Deprecated, draft and merged tags are not found; with `assignable` only tags that may be given to videos.
    """
    wanted = fold(query.replace("\x00", " "))
    if not wanted:
        return []
    names = TagName.objects.filter(tag__state=Tag.State.ACTIVE, **({"tag__assignable": True} if assignable else {}))
    latin = wanted.replace(" ", "")
    beginning = Q(normalised__startswith=wanted) | Q(pinyin__startswith=latin) | Q(initials__startswith=latin)
    matched = _ranked(names.filter(beginning)[:_LOOKED_AT], wanted)
    if len(matched) < limit and (len(wanted) > 1 or is_chinese(wanted)):
        within = (
            Q(normalised__contains=wanted) | Q(pinyin__contains=latin)
            if len(latin) > 2
            else Q(normalised__contains=wanted)
        )
        matched |= _ranked(names.filter(within)[:_LOOKED_AT], wanted, besides=matched)
    best = sorted(matched, key=lambda tag: (matched[tag][0], tag))[:limit]
    return _described({tag: matched[tag][1] for tag in best})


def _ranked(
    names: Iterable[TagName], wanted: str, besides: Iterable[int] = ()
) -> dict[int, tuple[tuple[int, int, str], str]]:
    """Each tag with its best rank and the name that has it."""
    known = set(besides)
    best: dict[int, tuple[tuple[int, int, str], str]] = {}
    for name in names:
        rank = (_rank(name, wanted), len(name.normalised), name.normalised)
        if name.tag_id not in known and (name.tag_id not in best or rank < best[name.tag_id][0]):
            best[name.tag_id] = (rank, name.text)
    return best


def _rank(name: TagName, wanted: str) -> int:
    latin = wanted.replace(" ", "")
    if wanted in {name.normalised, name.pinyin}:
        return 0
    if name.normalised.startswith(wanted):
        return 1
    if name.pinyin.startswith(latin) or name.initials.startswith(latin):
        return 2
    return 3 if f" {wanted}" in name.normalised else 4


def _described(matched: dict[int, str]) -> list[Found]:
    """In the reader's language, with the way through the tree."""
    tags = ancestry(matched)
    names = preferred(tags)
    found = []
    for tag, text in matched.items():
        path: list[str] = []
        above = tags[tag].parent_id
        while above is not None:
            path.insert(0, names.get(above, tags[above].name))
            above = tags[above].parent_id
        found.append(Found(tag, names.get(tag, tags[tag].name), tuple(path), tags[tag].kind, text))
    return found


def ancestry(tags: Iterable[int]) -> dict[int, Tag]:
    """The tags and all their ancestors, in one query."""
    query = """
        WITH RECURSIVE way AS (
            SELECT * FROM taxonomy_tag WHERE id = ANY(%s)
            UNION
            SELECT tag.* FROM taxonomy_tag tag JOIN way ON tag.id = way.parent_id
        ) SELECT * FROM way
    """
    return {tag.pk: tag for tag in Tag.objects.raw(query, [list(tags)])}


def preferred(tags: Iterable[int]) -> dict[int, str]:
    """The names of tags in the reader's language, where they have one."""
    language = (get_language() or "en").split("-")[0]
    rows = TagName.objects.filter(tag__in=list(tags), preferred=True, language__startswith=language)
    return dict(rows.values_list("tag_id", "text"))
