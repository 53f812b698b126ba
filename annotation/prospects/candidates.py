"""The likely tags of a clip as bytes: a million clips are read and weighed in seconds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

KEPT = 12  # candidates a clip, the surest: more than a policy shows, and what lies below moves no priority
# As int8send and float4send of PostgreSQL write them, so that SQL can make such rows too.
LAYOUT = np.dtype([("tag", ">i8"), ("confidence", ">f4"), ("votes", ">f4")])


def pack(candidates: Iterable[tuple[int, float, float]]) -> bytes:
    """(tag, the line's confidence, share of recallers that proposed it), the surest KEPT of them."""
    surest = sorted(candidates, key=lambda candidate: (-candidate[1], candidate[0]))[:KEPT]
    return np.array(surest, LAYOUT).tobytes()


def unpack(packed: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """Where each clip's candidates begin (clips + 1), and all candidates with the fields of LAYOUT."""
    lengths = np.fromiter(map(len, packed), np.int64, len(packed)) // LAYOUT.itemsize
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return start, np.frombuffer(b"".join(packed), LAYOUT)
