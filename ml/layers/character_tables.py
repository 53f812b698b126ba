"""Texts as characters and bigrams of characters, each at its place in the text as given."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from torch import Tensor

from ml.layers.tokens import TokenTable

_END = "\0"


class Characters(NamedTuple):
    """Texts as tensors, all (texts, length)."""

    characters: Tensor
    bigrams: Tensor
    mask: Tensor


@dataclass(frozen=True)
class CharacterTables:
    """The characters and bigrams that a model has rows for."""

    characters: TokenTable
    bigrams: TokenTable

    @classmethod
    def count(cls, texts: Sequence[str], at_least: int = 1) -> CharacterTables:
        """Characters and bigrams that occur `at_least` times."""
        singles = [folded(text) for text in texts]
        return cls(TokenTable.count(singles, at_least), TokenTable.count(list(map(_pairs, singles)), at_least))

    def encode(self, texts: Sequence[str], longest: int = 256) -> Characters:
        """Cut at `longest` characters; an empty text is one of padding alone."""
        singles = [folded(text) for text in texts]
        characters, mask = self.characters.encode(singles, longest)
        bigrams, _ = self.bigrams.encode(list(map(_pairs, singles)), longest)
        return Characters(characters, bigrams, mask)


def folded(text: str) -> list[str]:
    """The characters under NFKC and case folding, one for each of the text, so that places stay what they are."""
    return [unicodedata.normalize("NFKC", character).casefold()[:1] or character for character in text]


def _pairs(characters: Sequence[str]) -> list[str]:
    return [left + right for left, right in pairwise([*characters, _END])]
