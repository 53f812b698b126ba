"""Words as hashed n-grams of their letters (Bojanowski et al. 2017, section 3.2)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

SIZES = (3, 4)
MOST = 24  # pieces of a word; a longer word is a number or a link


@lru_cache(maxsize=65_536)  # texts are made of the same words
def pieces(word: str, buckets: int) -> tuple[int, ...]:
    """Rows, from 1 on, of a word's pieces, whatever its case; < and > mark its ends."""
    whole = f"<{word.casefold()}>"
    found = [whole[i : i + size] for size in SIZES for i in range(max(1, len(whole) - size + 1))]
    return tuple(1 + zlib.crc32(piece.encode()) % (buckets - 1) for piece in found[:MOST])


def encode(texts: Sequence[Sequence[str]], length: int, buckets: int) -> Tensor:
    """(texts, length, pieces of the longest word) rows of a table with so many buckets; 0 where there is none."""
    cut = [[pieces(word, buckets) for word in text[:length]] for text in texts]
    most = max((len(word) for text in cut for word in text), default=1)
    rows = np.zeros((len(texts), length, most), np.int64)
    for i, text in enumerate(cut):
        for j, word in enumerate(text):
            rows[i, j, : len(word)] = word
    return torch.from_numpy(rows)
