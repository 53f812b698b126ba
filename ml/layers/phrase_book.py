"""Phrases that texts to learn from had, as hints for the texts to come (a gazetteer made of the labels themselves).

Dictionaries as in Ratinov & Roth 2009 (section 6.2). A phrase counts for a text only when another text has it too: if
not, training would learn to trust what is always there and then, in new texts, never is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.layers.character_tables import folded
from ml.layers.spans import Phrase

_LENGTHS = 6  # phrases of so many characters and more look alike
_CODES = 2 * _LENGTHS * _LENGTHS * 2  # is one; begins one of a length; ends one of a length; is within one
Entry = tuple[str, str]  # words and kind


@dataclass(frozen=True)
class PhraseBook:
    """Words -> kind -> texts that have them as a phrase of that kind."""

    kinds: tuple[str, ...]
    texts: Mapping[str, Mapping[str, int]]

    @classmethod
    def count(cls, kinds: Sequence[str], entries: Sequence[frozenset[Entry]]) -> Self:
        """From the entries of each text."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for mine in entries:
            for words, kind in sorted(mine):
                found[words][kind] += 1
        return cls(tuple(kinds), found)

    @property
    def size(self) -> int:
        """Rows that a model needs, that of "nothing", 0, not among them."""
        return len(self.kinds) * self.codes

    @property
    def codes(self) -> int:
        """Rows of a kind."""
        return _CODES

    @cached_property
    def longest(self) -> dict[str, int]:
        """Characters of the longest phrase, by the first one."""
        found: dict[str, int] = {}
        for words in self.texts:
            found[words[0]] = max(found.get(words[0], 0), len(words))
        return found

    def rows(self, text: str, longest: int, own: frozenset[Entry] = frozenset()) -> NDArray[np.int64]:
        """(characters, kinds): what known phrases say there; `own` are the entries that this text itself made."""
        letters = "".join(folded(text[:longest]))
        place = np.zeros((4, len(letters), len(self.kinds)), np.int64)  # is, begins, ends, is within
        for start, letter in enumerate(letters):
            for end in range(start + 1, min(len(letters), start + self.longest.get(letter, 0)) + 1):
                words = letters[start:end]
                for kind, count in self.texts.get(words, {}).items():
                    if count > ((words, kind) in own):
                        _mark(place[..., self.kinds.index(kind)], start, end)
        single, begins, ends, within = place
        code = ((single * _LENGTHS + begins) * _LENGTHS + ends) * 2 + within
        return np.where(code > 0, 1 + np.arange(len(self.kinds)) * _CODES + code, 0)


def _mark(place: NDArray[np.int64], start: int, end: int) -> None:
    if end - start == 1:
        place[0, start] = 1
        return
    length = min(end - start, _LENGTHS) - 1
    place[1, start], place[2, end - 1] = max(place[1, start], length), max(place[2, end - 1], length)
    place[3, start + 1 : end - 1] = 1


def entries(text: str, phrases: Sequence[Phrase]) -> frozenset[Entry]:
    """What a text's own phrases are in the book."""
    letters = "".join(folded(text))
    return frozenset((letters[phrase.start : phrase.end], phrase.kind) for phrase in phrases)
