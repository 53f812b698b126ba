"""Finding tags by what people type: a name, an alias, pinyin or its initials, also from within or with a slip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from taxonomy import search_names, typos
from taxonomy.models import Tag, TagName
from taxonomy.search_keys import fold, is_chinese, keys
from taxonomy.search_names import Match, Scope

LIMIT = 20
FEW = 5  # with fewer answers than these we ask whether something else was meant
_WORDS = 4  # typed words that are looked at; more are found by the others
_MEANT = 3  # words that may have been meant instead of a typed one


@dataclass(frozen=True, slots=True)
class Found:
    """A tag that answers a query; `matched` is the name by which it was found."""

    tag: int
    name: str
    path: tuple[str, ...]  # names of the ancestors, the root first
    kind: str
    matched: str


def search(
    query: str, limit: int = LIMIT, *, assignable: bool = False, states: Sequence[str] = (Tag.State.ACTIVE,)
) -> list[Found]:
    """The tags that answer best: whole names, then beginnings, words within, any part, and what was probably meant.

    With `assignable` only tags that may be given to videos. A bounded number of queries, however many names fit.
    """
    wanted = fold(query.replace("\x00", " "))
    if not wanted:
        return []
    answers = _Answers(wanted)
    scope = Scope(states, assignable)
    answers.take(search_names.beginning(wanted, scope))
    if len(answers.best) < limit and (len(wanted) > 1 or is_chinese(wanted)):
        answers.take(_within(wanted, scope))
    if len(answers.best) < min(FEW, limit):
        answers.take(_meant(wanted, scope), slips=True)
    return _described(answers.first(limit))


class _Answers:
    """The best name of each tag that was found so far."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.best: dict[int, tuple[tuple[int, int, str], str]] = {}

    def take(self, matches: Iterable[Match], slips: bool = False) -> None:
        """Add names; those found in spite of slips come last, in the order given."""
        for order, match in enumerate(matches):
            rank = (9, order, "") if slips else (_rank(match, self.wanted), len(match.normalised), match.normalised)
            if match.tag not in self.best or rank < self.best[match.tag][0]:
                self.best[match.tag] = (rank, match.text)

    def first(self, limit: int) -> dict[int, str]:
        best = sorted(self.best, key=lambda tag: (self.best[tag][0], tag))[:limit]
        return {tag: self.best[tag][1] for tag in best}


def _rank(match: Match, wanted: str) -> int:
    latin = wanted.replace(" ", "")
    if wanted in {match.normalised, match.pinyin}:
        return 0
    if match.normalised.startswith(wanted):
        return 1
    if match.pinyin.startswith(latin) or match.initials.startswith(latin):
        return 2
    words = f" {match.normalised}"
    if f" {wanted}" in words:
        return 3
    return 4 if all(f" {word}" in words for word in wanted.split()) else 5


def _within(wanted: str, scope: Scope) -> list[Match]:
    """Names that have all typed words, each from its beginning, or one typed word anywhere."""
    typed = wanted.split()[:_WORDS]
    groups = [search_names.words_beginning(word) for word in typed]
    latin = wanted.replace(" ", "")
    parts = search_names.words_containing(latin) if len(latin) > 2 or is_chinese(latin) else []
    if len(groups) == 1:
        groups, parts = [groups[0] + parts], []
    found = search_names.with_words(groups, scope) if all(groups) else []
    return found + (search_names.with_words([parts], scope) if parts else [])


def _meant(wanted: str, scope: Scope) -> list[Match]:
    """Names that sound the same in Chinese, or whose words are a slip or two away; the likeliest first."""
    if is_chinese(wanted):
        return search_names.beginning(keys(wanted).pinyin, scope) if len(wanted) > 1 else []
    typed = wanted.split()[:_WORDS]
    whole = wanted.replace(" ", "")
    asked = {word for word in (*typed, whole) if typos.allowed(word)}
    least = min((len(word) - typos.allowed(word) for word in asked), default=0)
    near = search_names.words_like(asked, least)
    found = []
    for word in _nearest(whole, near)[:_MEANT]:
        found += search_names.beginning(word, scope)
    groups = [_nearest(word, near) or search_names.words_beginning(word) for word in typed]
    return found + (search_names.with_words(groups, scope) if all(groups) else [])


def _nearest(typed: str, words: Iterable[str]) -> list[str]:
    """The words the fewest slips away, the shortest first."""
    limit = typos.allowed(typed)
    slips = {word: slips for word in words if (slips := typos.distance(typed, word, limit)) is not None}
    return [word for word in slips if slips[word] == min(slips.values())]


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
