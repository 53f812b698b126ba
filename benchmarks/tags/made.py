"""Names of tags in English and Chinese: common words often, rare ones seldom, as in real vocabularies."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from django.db import transaction

HEADS = re.findall("[a-z]+", "b c d f g h j k l m n p r s t v w br ch cl cr dr fl gr pl sh sl st str th tr")
VOWELS = re.findall("[a-z]+", "a e i o u ai ea ee ou oa")
TAILS = re.findall("[a-z]+", "b ck d g l m n p r s t x ll nd ng nt rd rk rt sh st ss")
WORDS = 40_000
ROOTS, CATEGORIES = 20, 20_000
HAN = [
    text
    for high in range(0xB0, 0xD8)
    for low in range(0xA1, 0xFF)
    if (text := bytes([high, low]).decode("gb2312", "ignore"))
]


class Names:
    """Draws names; the same seed draws the same ones."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.words = sorted({self._word() for _ in range(WORDS * 2)}, key=lambda word: (len(word), word))[:WORDS]
        self.often = list(accumulate(1 / (n + 20) for n in range(len(self.words))))
        self.often_han = list(accumulate(1 / (n + 50) for n in range(len(HAN))))
        self.han = self.random.sample(HAN, len(HAN))

    def english(self) -> str:
        count = self.random.choices((1, 2, 3), (3, 5, 2))[0]
        return " ".join(self.random.choices(self.words, cum_weights=self.often, k=count)).capitalize()

    def chinese(self) -> str:
        count = self.random.choices((2, 3, 4, 5, 6), (3, 3, 5, 2, 1))[0]
        return "".join(self.random.choices(self.han, cum_weights=self.often_han, k=count))

    def _word(self) -> str:
        pick = self.random.choice
        syllables = range(self.random.choice((1, 2, 2, 2, 3)))
        return "".join(
            pick(HEADS) + pick(VOWELS) + (pick(TAILS) if self.random.random() < 0.5 else "") for _ in syllables
        )


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    parent: str
    kind: str
    english: str
    chinese: str


def rows(count: int) -> Iterator[Row]:
    """The first 20,000 are a tree of categories of 5 levels, parents before children; the others are open tags."""
    names = Names()
    for n in range(count):
        parent = f"t{(n - ROOTS) // 8}" if ROOTS <= n < CATEGORIES else ""
        kind = "category" if n < CATEGORIES else ("content", "person", "program")[n % 3]
        yield Row(f"t{n}", parent, kind, names.english(), names.chinese())


def fill(count: int) -> None:
    """The tags as rows, both names searchable, without a version."""
    from django.db import connection

    from taxonomy.search_keys import keys

    with transaction.atomic(), connection.cursor() as cursor:
        depth: dict[str, int] = {"": 0}
        with cursor.copy(TAGS) as copy:
            for n, row in enumerate(rows(count), 1):
                depth[row.code] = depth[row.parent] + 1
                parent = int(row.parent[1:]) + 1 if row.parent else None
                copy.write_row(
                    (n, row.code, row.english, row.kind, "active", parent, depth[row.parent] or None, True, n)
                )
        with cursor.copy(NAMES) as copy:
            for n, row in enumerate(rows(count), 1):
                for language, text in (("en", row.english), ("zh", row.chinese)):
                    found = keys(text)
                    copy.write_row((n, language, text, True, found.normalised, found.pinyin, found.initials))
        cursor.execute("SELECT setval(pg_get_serial_sequence('taxonomy_tag', 'id'), %s)", [count])


TAGS = """
    COPY taxonomy_tag (id, code, name, kind, state, parent_id, parent_depth, assignable, position) FROM STDIN
"""
NAMES = """
    COPY taxonomy_tagname (tag_id, language, text, preferred, normalised, pinyin, initials) FROM STDIN
"""
