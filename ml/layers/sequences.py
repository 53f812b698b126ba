"""Frames and sound of many videos as padded sequences with masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.types import Array, Features

SEQUENCES = ("frames", "sound")


def sequence_widths(features: Sequence[Features]) -> dict[str, int]:
    """Width of a row of each modality that at least one of the videos has as a sequence."""
    found: dict[str, int] = {}
    for modality in SEQUENCES:
        rows = next((r for f in features if (r := getattr(f, modality)) is not None and len(r)), None)
        if rows is not None:
            found[modality] = int(rows.shape[1])
    return found


@dataclass(frozen=True)
class Streams:
    """By modality the rows (videos, places, width) and which of them are there (videos, places)."""

    rows: dict[str, Tensor]
    mask: dict[str, Tensor]

    @classmethod
    def collate(cls, features: Sequence[Features], widths: Mapping[str, int], most: int) -> Streams:
        """At most `most` rows a modality, evenly chosen; rows of another width than the network's count as missing."""
        rows, mask = {}, {}
        for name, width in widths.items():
            chosen = [evenly(getattr(item, name), width, most) for item in features]
            longest = max([1, *map(len, chosen)])
            values = np.zeros((len(features), longest, width), np.float32)
            there = np.zeros((len(features), longest), bool)
            for i, mine in enumerate(chosen):
                values[i, : len(mine)], there[i, : len(mine)] = mine, True
            rows[name], mask[name] = torch.from_numpy(values), torch.from_numpy(there)
        return cls(rows, mask)

    def to(self, device: torch.device | str) -> Streams:
        """The same on another device."""
        rows = {name: tensor.to(device) for name, tensor in self.rows.items()}
        return Streams(rows, {name: tensor.to(device) for name, tensor in self.mask.items()})

    def dropped(self, probability: float, generator: torch.Generator) -> Streams:
        """Each modality of each video goes missing with this probability: the network learns to do without."""
        mask = {}
        for name, there in self.mask.items():
            kept = torch.rand(len(there), 1, generator=generator) >= probability
            mask[name] = there & kept.to(there.device)
        return Streams(self.rows, mask)


def evenly(rows: Array | None, width: int, most: int) -> Array:
    """At most `most` of the rows, evenly chosen; none when they are missing or of another width."""
    if rows is None or not len(rows) or rows.shape[1] != width:
        return np.zeros((0, width), np.float32)
    if len(rows) <= most:
        return rows
    place: NDArray[np.int64] = np.linspace(0, len(rows) - 1, most).round().astype(np.int64)
    return rows[place]
