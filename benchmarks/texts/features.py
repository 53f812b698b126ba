"""Sparse features of texts: n-grams of characters, or of words with their place in the text."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.texts.task import Task
from ml.layers.grams import GramTable
from ml.layers.tokens import tokens

FIRST = 6  # words whose place counts: a question says at its beginning what it asks for


def of(task: Task) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """TF-IDF rows of the texts to learn from and of the judged ones."""
    if not task.spaced:
        table = GramTable.count(task.texts)
        return table.encode(task.texts), table.encode(task.judged)
    vectors = TfidfVectorizer(analyzer=words, min_df=2, sublinear_tf=True, dtype=np.float32)
    return vectors.fit_transform(task.texts), vectors.transform(task.judged)


def split(text: str, spaced: bool) -> list[str]:
    """Tokens for a network: case kept where the set is cut into words already."""
    return text.split() if spaced else tokens(text)


def words(text: str) -> list[str]:
    """Words, up to three in a row or with a gap, with their case and without; the first ones with their place and
    with what the text begins with; pieces of each word."""
    found, folded = text.split(), text.lower().split()
    named = [" ".join(found[i : i + n]) for n in (1, 2, 3) for i in range(len(found) - n + 1)]
    named += [f"any:{' '.join(folded[i : i + n])}" for n in (1, 2) for i in range(len(folded) - n + 1)]
    named += [f"{left} _ {right}" for left, right in zip(found, found[2:], strict=False)]
    named += [f"begin:{' '.join(found[:n])}" for n in (1, 2, 3)]
    named += [f"{place}:{word}" for place, word in enumerate(found[:FIRST])]
    named += [f"{' '.join(found[:n])}..{word}" for n in (1, 2) for word in found[n : n + FIRST]]
    for word in found:
        whole = f"<{word}>"
        named += [f"in:{whole[i : i + n]}" for n in (3, 4, 5) for i in range(len(whole) - n + 1)]
    return named
