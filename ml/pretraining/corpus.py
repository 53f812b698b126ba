"""A corpus as numbers: texts cut into sentence units, all pieces in one array."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

# A unit ends behind these signs and spaces, and before a hashtag: titles have hardly any full stops.
_BORDER = re.compile(r"(?<=[。！？!?，,、|\s])|(?=#)")
_BATCH = 1000  # texts tokenized together
_LONGEST = 2000  # characters of a text; what follows says nothing new of the platform's language

Unit = Sequence[int]


def units(text: str) -> list[str]:
    """Sentence units of a text: after 。！？!?，,、| and spaces, before #; signs stay with what they end."""
    return [part for unit in _BORDER.split(text) if (part := unit.strip())]


@dataclass(frozen=True)
class Corpus:
    """Documents as units of pieces."""

    pieces: NDArray[np.int32]  # all pieces one after the other
    unit_ends: NDArray[np.int64]  # (units,) where each unit ends among the pieces
    document_ends: NDArray[np.int64]  # (documents,) where each document ends among the units

    @classmethod
    def encode(cls, texts: Iterable[str], tokenizer: Tokenizer) -> Corpus:
        """Texts without any piece are left out."""
        pieces, unit_ends, document_ends = [], [0], [0]  # type: list[NDArray[np.int32]], list[int], list[int]
        for document in _documents(texts, tokenizer):
            pieces += [np.array(unit, np.int32) for unit in document]
            for unit in document:
                unit_ends.append(unit_ends[-1] + len(unit))
            document_ends.append(len(unit_ends) - 1)
        flat = np.concatenate(pieces) if pieces else np.zeros(0, np.int32)
        return cls(flat, np.array(unit_ends[1:], np.int64), np.array(document_ends[1:], np.int64))

    def __len__(self) -> int:
        return len(self.document_ends)

    def document(self, number: int) -> list[Unit]:
        first = int(self.document_ends[number - 1]) if number else 0
        ends = self.unit_ends[first : self.document_ends[number]].tolist()
        starts = [int(self.unit_ends[first - 1]) if first else 0, *ends[:-1]]
        return [self.pieces[start:end].tolist() for start, end in zip(starts, ends, strict=True)]

    def save(self, file: Path) -> None:
        arrays: Any = {name: getattr(self, name) for name in ("pieces", "unit_ends", "document_ends")}
        save_file(arrays, file)

    @classmethod
    def load(cls, file: Path) -> Corpus:
        return cls(**load_file(file))


def _documents(texts: Iterable[str], tokenizer: Tokenizer) -> Iterator[list[list[int]]]:
    rest = iter(texts)
    while batch := list(islice(rest, _BATCH)):
        cut = [units(text[:_LONGEST]) for text in batch]
        encoded = iter(
            tokenizer.encode_batch([unit for document in cut for unit in document], add_special_tokens=False)
        )
        for document in cut:
            found = [ids for ids in (next(encoded).ids for _ in document) if ids]
            if found:
                yield found
