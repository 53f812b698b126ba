"""N-grams around each character of a text, each with its distance: what linear taggers are made of.

Windows as in Sha & Pereira 2003 (section 4) and, for characters of Chinese, Peng, Feng & McCallum 2004 (section 4.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.layers.character_tables import folded

Hashes = NDArray[np.int64]

# First character of an n-gram, counted from the one it speaks for, and how many characters it has.
PLACES = tuple((start, n) for n, last in ((1, 3), (2, 2), (3, 1), (4, 0)) for start in range(-3, last + 1))
_REACH = 3  # characters on each side
_BEFORE, _AFTER = 0x110000, 0x110001  # stand for what is outside the text; no character has these numbers
_CHUNK = 500  # texts counted at once
_GOLDEN, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


def window_grams(text: str, longest: int) -> Hashes:
    """(characters, n-grams around each): hashes that tell n-gram and distance."""
    letters = [ord(letter) for letter in folded(text[:longest])]
    codes = np.array([_BEFORE] * _REACH + letters + [_AFTER] * _REACH, dtype=np.uint64)
    found = np.empty((len(letters), len(PLACES)), np.uint64)
    for column, (start, n) in enumerate(PLACES):
        value = np.full(len(letters), column + 1, np.uint64)
        for first in range(_REACH + start, _REACH + start + n):
            value = (value ^ codes[first : first + len(letters)]) * _GOLDEN  # wraps around, as hashes do
            value ^= value >> _HALF
        found[:, column] = value
    return found.view(np.int64)


@dataclass(frozen=True)
class WindowTable:
    """The n-grams that a model has a row for; row 0 is that of all others, of which nothing was learned."""

    hashes: Hashes  # ascending

    @classmethod
    def count(cls, texts: Sequence[str], longest: int, at_least: int = 2, at_most: int = 200_000) -> Self:
        """The commonest n-grams of a corpus that occur `at_least` times."""
        hashes, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
        for start in range(0, len(texts), _CHUNK):
            found = [window_grams(text, longest).ravel() for text in texts[start : start + _CHUNK]]
            more, often = np.unique(np.concatenate(found), return_counts=True)
            hashes, place = np.unique(np.concatenate([hashes, more]), return_inverse=True)
            counts = np.bincount(place, np.concatenate([counts, often])).astype(np.int64)
        kept = np.lexsort((hashes, -counts))[:at_most]
        return cls(np.sort(hashes[kept[counts[kept] >= at_least]]))

    def __len__(self) -> int:
        return len(self.hashes) + 1

    def rows(self, text: str, longest: int) -> NDArray[np.int64]:
        """(characters, n-grams around each), 0 for those without a row."""
        if not len(self.hashes):
            return np.zeros((min(len(text), longest), len(PLACES)), np.int64)
        hashes = window_grams(text, longest)
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashes, place + 1, 0)
