"""Texts as sequences of known tokens: words where a script has spaces, characters where it has none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

# Letters of scripts without spaces stand alone, other letters and digits gather to words, a sign is a token.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff"
_WORD = rf"[^\W_{_UNSPACED}]+"
_TOKEN = re.compile(rf"[{_UNSPACED}]|{_WORD}(?:'{_WORD})*|[^\s\w]")
PADDING, UNKNOWN = 0, 1


def tokens(text: str) -> list[str]:
    """Tokens under NFKC and case folding."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def located(folded: str) -> list[tuple[str, int, int]]:
    """Tokens of a text that is folded already, each with its start and end."""
    return [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(folded)]


@dataclass(frozen=True)
class TokenTable:
    """The tokens that a model has a row for, after those of padding and of the unknown token."""

    known: tuple[str, ...]

    @classmethod
    def count(cls, texts: Sequence[Sequence[str]], at_least: int = 1, at_most: int = 50_000) -> TokenTable:
        """The commonest tokens of a corpus that occur `at_least` times."""
        frequency = Counter(token for text in texts for token in text)
        kept = sorted((item for item in frequency.items() if item[1] >= at_least), key=lambda item: (-item[1], item[0]))
        return cls(tuple(token for token, _ in kept[:at_most]))

    @cached_property
    def row(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.known, start=2)}

    def __len__(self) -> int:
        return len(self.known) + 2

    def encode(self, texts: Sequence[Sequence[str]], longest: int = 128) -> tuple[Tensor, Tensor]:
        """Rows (texts, tokens) and mask; cut at `longest`, at least one column wide."""
        length = max(1, min(longest, max((len(text) for text in texts), default=1)))
        rows = np.full((len(texts), length), PADDING, dtype=np.int64)
        for i, text in enumerate(texts):
            found = [self.row.get(token, UNKNOWN) for token in text[:length]]
            rows[i, : len(found)] = found
        encoded = torch.from_numpy(rows)
        return encoded, encoded != PADDING
