"""Hashed n-grams of a text with their inverse document frequency: the wide side of a wide-and-deep network.

A sentence encoder may not know the language of a title; character n-grams (1-3) and word n-grams (1-2) always do.
TF-IDF weighting as in Salton & Buckley 1988; summed embeddings as in Joulin et al. 2016 (section 2).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_WORD = re.compile(r"[a-z0-9]+")
_SPACE = re.compile(r"\s+")
_LONGEST = 2000  # characters; a longer text adds cost, no subject


def grams(text: str) -> list[int]:
    """Hashes of all n-grams of a text, repeated ones included."""
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()).strip()
    words = _WORD.findall(folded)
    found = [folded[i : i + n] for n in (1, 2, 3) for i in range(len(folded) - n + 1)]
    found += [f"word:{word}" for word in words]
    found += [f"word:{left} {right}" for left, right in pairwise(words)]
    return list(map(zlib.crc32, map(str.encode, found)))


@lru_cache(maxsize=1024)  # the recaller and the ranker ask for the same texts one after the other
def counted(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different hashes of a text, ascending, and how often each occurs."""
    hashes, counts = np.unique(np.array(grams(text), dtype=np.int64), return_counts=True)
    return hashes, counts


@dataclass(frozen=True)
class GramTable:
    """The n-grams that a model has a row for; others are left out, nothing was learned of them."""

    hashes: NDArray[np.int64]  # (grams,), ascending
    idf: NDArray[np.float32]  # (grams,)

    @classmethod
    def count(cls, texts: Sequence[str], at_least: int = 2, at_most: int = 60_000) -> GramTable:
        """The commonest n-grams of a corpus that occur in `at_least` texts."""
        frequency: Counter[int] = Counter()
        for text in texts:
            frequency.update(set(grams(text)))
        common = sorted(((n, h) for h, n in frequency.items() if n >= at_least), key=lambda item: (-item[0], item[1]))
        kept = sorted((h, n) for n, h in common[:at_most])
        hashes = np.array([h for h, _ in kept], dtype=np.int64)
        counts = np.array([n for _, n in kept], dtype=np.float32)
        return cls(hashes, (np.log((len(texts) + 1) / (counts + 1)) + 1).astype(np.float32))

    def __len__(self) -> int:
        return len(self.hashes)

    def encode(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """(texts, grams) TF-IDF rows of length 1; a text without known n-grams is an empty row."""
        rows = [counted(text) for text in texts]
        lengths = np.array([len(found) for found, _ in rows], dtype=np.int64)
        owner = np.repeat(np.arange(len(texts)), lengths)
        found = np.concatenate([row[0] for row in rows]) if rows else np.zeros(0, np.int64)
        counts = np.concatenate([row[1] for row in rows]) if rows else np.zeros(0, np.int64)
        place = np.searchsorted(self.hashes, found)
        known = np.isin(found, self.hashes)
        owner, place, counts = owner[known], place[known], counts[known]
        weights = (1 + np.log(counts)) * self.idf[place]
        norm = np.sqrt(np.bincount(owner, weights**2, minlength=len(texts)))
        weights = (weights / norm[owner]).astype(np.float32)
        return sparse.csr_matrix((weights, (owner, place)), shape=(len(texts), len(self)))
