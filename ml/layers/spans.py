"""Phrases of a text as labels of its characters: begin, middle, end, single (BMES, also called BIOES), outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

OUTSIDE = "O"


@dataclass(frozen=True, slots=True, order=True)
class Phrase:
    """Characters [start, end) and what kind of phrase they are."""

    start: int
    end: int
    kind: str


def labels_of(kinds: Sequence[str]) -> list[str]:
    """All labels of some kinds of phrases, `O` first."""
    return [OUTSIDE, *(f"{place}-{kind}" for kind in sorted(kinds) for place in "BMES")]


def write(phrases: Sequence[Phrase], length: int) -> list[str]:
    """Labels of a text of this length; phrases must not overlap."""
    labels = [OUTSIDE] * length
    for phrase in phrases:
        if phrase.end - phrase.start == 1:
            labels[phrase.start] = f"S-{phrase.kind}"
            continue
        labels[phrase.start : phrase.end] = [f"M-{phrase.kind}"] * (phrase.end - phrase.start)
        labels[phrase.start], labels[phrase.end - 1] = f"B-{phrase.kind}", f"E-{phrase.kind}"
    return labels


def read(labels: Sequence[str]) -> list[Phrase]:
    """The phrases of a text, strictly: what does not begin with B and end with E (or is S) is none."""
    found: list[Phrase] = []
    start, kind = -1, ""
    for place, label in enumerate(labels):
        part, _, name = label.partition("-")
        if part == "S":
            found.append(Phrase(place, place + 1, name))
        if part == "B":
            start, kind = place, name
        elif part == "E" and start >= 0 and name == kind:
            found.append(Phrase(start, place + 1, kind))
            start = -1
        elif part != "M" or name != kind:
            start = -1
    return found


def legal(labels: Sequence[str]) -> Tensor:
    """(labels + 1, labels + 1) bool: whether one label may follow another; the last row and column are outside."""
    return torch.tensor([[_follows(a, b) for b in [*labels, OUTSIDE]] for a in [*labels, OUTSIDE]])


def _follows(left: str, right: str) -> bool:
    within = left[0] in "BM"  # something must go on
    if within:
        return right[0] in "ME" and right[1:] == left[1:]
    return right[0] not in "ME"


def precision_recall_f(
    said: Sequence[Sequence[Phrase]], true: Sequence[Sequence[Phrase]]
) -> tuple[float, float, float]:
    """Strict: borders and kind must agree; pooled over texts."""
    right = sum(len(set(a) & set(b)) for a, b in zip(said, true, strict=True))
    proposed, wanted = sum(map(len, said)), sum(map(len, true))
    precision, recall = right / proposed if proposed else 0.0, right / wanted if wanted else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0
