"""The names in the database that answer a query, one statement a question; each is bounded however many names fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from taxonomy.search_keys import parts, slips

_LAST = "\U0010ffff"  # sorts behind every character
NAMES = 60  # names one question answers with: a tag may be found by several
_LOOKED_AT = 1_000  # names with a common word, words with a common part; the shortest of these come first
_WORDS = 40  # words that contain what was typed
_SIMILAR = 250  # words that share a slip with what was typed


@dataclass(frozen=True, slots=True)
class Match:
    """A name that may answer; the keys are those of TagName."""

    tag: int
    text: str
    normalised: str
    pinyin: str
    initials: str


@dataclass(frozen=True)
class Scope:
    """Which tags may be found at all."""

    states: Sequence[str]
    assignable: bool = False

    @property
    def condition(self) -> str:
        return "tag.state = ANY(%(states)s)" + (" AND tag.assignable" if self.assignable else "")


_FIELDS = "name.tag_id, name.text, name.normalised, name.pinyin, name.initials"

# One short index scan a length, the shortest first, until there are enough.
_BEGINNING = """
    (SELECT found.* FROM generate_series(1, (SELECT max(length) FROM taxonomy_tagname)) AS size
    CROSS JOIN LATERAL (
        SELECT {fields} FROM taxonomy_tagname name JOIN taxonomy_tag tag ON tag.id = name.tag_id
        WHERE name.length = size AND name.{column} <> '' AND {condition}
            AND name.{column} ~>=~ %({key})s AND name.{column} ~<~ %({key}_end)s
        ORDER BY name.{column} USING ~<~ LIMIT %(limit)s
    ) found LIMIT %(limit)s)
"""


# OFFSET 0 makes the planner look the few tags up one by one; it expects thousands, and would read the whole table.
_WITH_WORDS = """
    WITH named AS MATERIALIZED (
        SELECT {fields}, name.length FROM taxonomy_tagname name WHERE {having} LIMIT %(looked_at)s
    )
    SELECT {fields} FROM named name
    CROSS JOIN LATERAL (SELECT FROM taxonomy_tag tag WHERE tag.id = name.tag_id AND {condition} OFFSET 0) there
    ORDER BY name.length LIMIT %(limit)s
"""


def beginning(wanted: str, scope: Scope) -> list[Match]:
    """The shortest names that begin with what was typed: themselves, in pinyin, or with its initials."""
    latin = wanted.replace(" ", "")
    query = " UNION ALL ".join(
        _BEGINNING.format(fields=_FIELDS, column=column, key=key, condition=scope.condition)
        for column, key in (("normalised", "wanted"), ("pinyin", "latin"), ("initials", "latin"))
    )
    told = {"wanted": wanted, "wanted_end": wanted + _LAST, "latin": latin, "latin_end": latin + _LAST}
    return _matches(query, told, scope)


def with_words(words: Sequence[Sequence[str]], scope: Scope) -> list[Match]:
    """The shortest of the names that have one word of each group."""
    told: dict[str, Any] = {f"words_{n}": list(group) for n, group in enumerate(words)}
    having = " AND ".join(f"name.words && %({key})s" for key in told)
    query = _WITH_WORDS.format(fields=_FIELDS, having=having, condition=scope.condition)
    return _matches(query, told | {"looked_at": _LOOKED_AT}, scope)


def words_beginning(wanted: str) -> list[str]:
    """The shortest words that begin with what was typed."""
    query = """
        SELECT found.text FROM generate_series(1, (SELECT max(length) FROM taxonomy_tagword)) AS size
        CROSS JOIN LATERAL (
            SELECT text FROM taxonomy_tagword WHERE length = size AND text >= %(wanted)s AND text < %(end)s
            ORDER BY text LIMIT %(limit)s
        ) found LIMIT %(limit)s
    """
    return _words(query, {"wanted": wanted, "end": wanted + _LAST, "limit": _WORDS})


def words_containing(wanted: str) -> list[str]:
    """The shortest words with what was typed anywhere within."""
    query = """
        WITH found AS MATERIALIZED (
            SELECT text, length FROM taxonomy_tagword
            WHERE taxonomy_word_keys(text) @> %(keys)s AND strpos(text, %(wanted)s) > 0 LIMIT %(looked_at)s
        ) SELECT text FROM found ORDER BY length, text LIMIT %(limit)s
    """
    return _words(query, {"keys": _longest(parts(wanted)), "wanted": wanted, "limit": _WORDS, "looked_at": _LOOKED_AT})


def words_like(typed: Collection[str], least: int) -> list[str]:
    """The shortest words, of at least so many characters, whose beginning may be a slip away from one of those."""
    keys = [f"-{rest}" for word in typed for rest in slips(word)]
    if not keys:
        return []
    query = """
        WITH found AS MATERIALIZED (
            SELECT text, length FROM taxonomy_tagword
            WHERE taxonomy_word_keys(text) && %(keys)s AND length >= %(least)s LIMIT %(looked_at)s
        ) SELECT text FROM found ORDER BY length, text LIMIT %(limit)s
    """
    return _words(query, {"keys": keys, "least": least, "limit": _SIMILAR, "looked_at": _LOOKED_AT})


def _longest(keys: set[str]) -> list[str]:
    """Where pairs of Chinese characters are looked up, the single ones need not be."""
    longest = max(map(len, keys))
    return sorted(key for key in keys if len(key) == longest)


def _matches(query: str, told: dict[str, Any], scope: Scope) -> list[Match]:
    with connection.cursor() as cursor:
        cursor.execute(query, told | {"states": list(scope.states), "limit": NAMES})
        return [Match(*row) for row in cursor.fetchall()]


def _words(query: str, told: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, told)
        return [text for (text,) in cursor.fetchall()]
