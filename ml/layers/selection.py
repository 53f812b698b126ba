"""The best few of many scores, the same on every run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def top(scores: NDArray[Any], k: int) -> list[NDArray[np.int64]]:
    """Columns of the k largest finite scores of each row, best first, ties by column. scores: (rows, columns)."""
    answers = []
    for row in scores:
        cut = min(k, len(row))
        if cut < len(row):
            least = np.partition(row, len(row) - cut)[len(row) - cut] if cut else np.inf
            columns = np.flatnonzero(row >= least)  # all that tie with the last place
        else:
            columns = np.arange(len(row))
        columns = columns[np.isfinite(row[columns])]
        order = np.lexsort((columns, -row[columns]))
        answers.append(columns[order][:cut])
    return answers
