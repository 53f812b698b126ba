"""What stands around each character of a text, as rows of one table: n-grams, and phrases known from other texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from ml.layers import spans
from ml.layers.phrase_book import Entry, PhraseBook
from ml.layers.window_grams import PLACES, WindowTable

_NOTHING: frozenset[Entry] = frozenset()


@dataclass(frozen=True)
class Surroundings:
    """Rows: 0 for nothing, those of n-grams, those of the book."""

    windows: WindowTable
    book: PhraseBook

    @classmethod
    def count(cls, texts: Sequence[str], labels: Sequence[str], longest: int, at_least: int) -> Self:
        """With the n-grams of these texts, and a book that is still empty."""
        kinds = sorted({label[2:] for label in labels if label != spans.OUTSIDE})
        return cls(WindowTable.count(texts, longest, at_least), PhraseBook.count(kinds, []))

    def __len__(self) -> int:
        return len(self.windows) + self.book.size

    def taught(self, entries: Sequence[frozenset[Entry]]) -> Self:
        """With what each text of those to learn from gives the book in it."""
        return replace(self, book=PhraseBook.count(self.book.kinds, entries))

    def encode(self, texts: Sequence[str], longest: int, own: Sequence[frozenset[Entry]] = ()) -> Tensor:
        """(texts, length, n-grams and kinds): rows, 0 for padding too; at least one character wide.

        `own`: what each of these texts gave the book, which is as if it had not.
        """
        own = own or [_NOTHING] * len(texts)
        length = max([1, *(min(len(text), longest) for text in texts)])
        rows = np.zeros((len(texts), length, len(PLACES) + len(self.book.kinds)), np.int64)
        for text, mine, row in zip(texts, own, rows, strict=True):
            known = self.book.rows(text, longest, mine)
            row[: len(known), : len(PLACES)] = self.windows.rows(text, longest)
            row[: len(known), len(PLACES) :] = np.where(known, known + len(self.windows) - 1, 0)
        return torch.from_numpy(rows)

    def keys(self) -> list[Any]:
        """What each row stands for."""
        codes = [(kind, code) for kind in self.book.kinds for code in range(self.book.codes)]
        return [0, *self.windows.hashes.tolist(), *codes]

    def settings(self) -> dict[str, Any]:
        """What to keep, beside the hashes of n-grams."""
        return {"kinds": self.book.kinds, "book": {words: dict(said) for words, said in self.book.texts.items()}}

    @classmethod
    def restored(cls, hashes: Tensor, settings: Mapping[str, Any]) -> Self:
        """What `settings` gave; a tagger from before there was a book has none."""
        book = PhraseBook(tuple(settings.get("kinds", ())), settings.get("book", {}))
        return cls(WindowTable(hashes.numpy()), book)
