"""How many clips are given a program, and how many of those the right one, by the confidence that is asked for.

A clip may be of no program that is known, so naming none has to be possible: the curve of risk against coverage of a
classifier that may abstain (El-Yaniv & Wiener 2010, JMLR 11:1605).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.types import Example, Proposal, Vocabulary


@dataclass(frozen=True)
class Naming:
    """What comes of naming the surest program of each clip where it is at least so sure."""

    confidence: float
    named: float  # share of all clips
    right: float  # share of the named clips
    count: int  # named clips


def curve(
    proposals: Sequence[Sequence[Proposal]], videos: Sequence[Example], vocabulary: Vocabulary, points: int = 15
) -> list[Naming]:
    """From the surest clips to all that a program was proposed for, in steps of as many clips each; empty without any.

    A clip that is said to be of no program is named wrongly by any.
    """
    programs = {tag.id for tag in vocabulary if tag.kind == "program"}
    sure, right = [], []
    for mine, video in zip(proposals, videos, strict=True):
        first = max((p for p in mine if p.tag in programs), key=lambda p: p.confidence, default=None)
        if first is not None:
            sure.append(first.confidence)
            right.append(first.tag in video.tags)
    order = np.argsort(-np.array(sure), kind="stable")
    confidence, hits = np.array(sure)[order], np.cumsum(np.array(right, bool)[order])
    lasts = np.unique([part[-1] for part in np.array_split(np.arange(len(order)), points) if len(part)])
    # Equally sure clips are named together: the last of each run of ties.
    ends = np.unique(np.searchsorted(-confidence, -confidence[lasts], side="right") - 1) if len(lasts) else lasts
    return [
        Naming(float(confidence[i]), (i + 1) / len(videos), float(hits[i] / (i + 1)), int(i + 1))
        for i in ends.astype(int).tolist()
    ]
