"""Texts as rows of an embedding: of a table counted on the texts to learn from, or a pretrained model's word pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from ml.layers.tokens import TokenTable, tokens

_PIECES = "tokenizer.json"


@dataclass(frozen=True)
class Wording:
    """Either kind of tokens; `pieces` is a tokenizers.Tokenizer."""

    table: TokenTable | None = None
    pieces: Any = None

    @classmethod
    def count(cls, texts: Sequence[str]) -> Self:
        """The tokens that stand in two of the texts at least."""
        return cls(TokenTable.count([tokens(text) for text in texts], at_least=2))

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The word pieces of a pretrained model, or what `save` wrote. Raises FileNotFoundError."""
        from tokenizers import Tokenizer

        if not (folder / _PIECES).is_file():
            raise FileNotFoundError(f"{folder / _PIECES} is missing: a pretrained model comes with its tokenizer")
        pieces = Tokenizer.from_file(str(folder / _PIECES))
        pieces.no_padding()
        pieces.no_truncation()
        return cls(pieces=pieces)

    def __len__(self) -> int:
        size: int = self.pieces.get_vocab_size() if self.table is None else len(self.table)
        return size

    def mark(self, name: str) -> int | None:
        """Row of a pretrained model's special token, [CLS] say."""
        row: int | None = None if self.pieces is None else self.pieces.token_to_id(name)
        return row

    def ids(self, text: str) -> list[int]:
        """Rows of one text, without special tokens. A token that the table does not know is its unknown one."""
        if self.table is None:
            found: list[int] = self.pieces.encode(text, add_special_tokens=False).ids
            return found
        return [self.table.row.get(token, 1) for token in tokens(text)]

    def encode(self, texts: Sequence[str], longest: int) -> tuple[Tensor, Tensor]:
        """Rows (texts, length) and mask, cut at `longest`, at least one column wide."""
        found = [self.ids(text)[:longest] if text else [] for text in texts]
        rows = np.zeros((len(texts), max([1, *map(len, found)])), dtype=np.int64)
        mask = np.zeros(rows.shape, bool)
        for i, mine in enumerate(found):
            rows[i, : len(mine)], mask[i, : len(mine)] = mine, True
        return torch.from_numpy(rows), torch.from_numpy(mask)

    def keys(self) -> list[int]:
        """What each row stands for, comparable with another wording of the same kind."""
        if self.table is None:
            return list(range(len(self)))
        return [-2, -1, *map(hash, self.table.known)]

    def save(self, folder: Path) -> None:
        """Word pieces as a file; a table is kept by `config`."""
        if self.pieces is not None:
            self.pieces.save(str(folder / _PIECES))

    def config(self) -> dict[str, Any]:
        return {"words": None if self.table is None else list(self.table.known)}

    @classmethod
    def restored(cls, config: dict[str, Any], folder: Path) -> Self:
        """From `config` and the folder of `save`."""
        words = config["words"]
        return cls.of(folder) if words is None else cls(TokenTable(tuple(words)))
