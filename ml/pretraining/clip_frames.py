"""Frames of many videos on disk, and of what each one is: two frames of one programme show the same thing."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ml import media
from ml.parts import Step
from ml.pretraining.partial import whole
from ml.types import Fetchable

log = logging.getLogger(__name__)

FPS = 2.0  # at which videos are decoded; of those frames so many are kept, evenly spread


class Clip(NamedTuple):
    """A video to take frames of."""

    of: str  # its programme, or what else it is one of
    media: Path | Fetchable


@dataclass(frozen=True)
class ClipFrames:
    """Frames (n, size, size, 3) and the number (n,) of the programme or video that each is of."""

    pictures: NDArray[np.uint8]
    owners: NDArray[np.int64]

    @cached_property
    def groups(self) -> Sequence[NDArray[np.int64]]:
        """Rows of each programme or video."""
        order = np.argsort(self.owners, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(self.owners[order])) + 1) if len(order) else []

    def pairs(self, groups: NDArray[np.int64], random: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
        """Two rows of each group, different ones where it has two."""
        drawn = [random.choice(rows := self.groups[g], 2, replace=len(rows) < 2) for g in groups]
        first, second = np.array(drawn, dtype=np.int64).T
        return first, second

    @classmethod
    def taken(cls, clips: Iterable[Clip], size: int, videos: int, frames: int, step: Step) -> ClipFrames:
        """Up to `frames` frames of each of up to `videos` clips; unreadable ones are left out (see the log)."""
        pictures: list[NDArray[np.uint8]] = []
        owners: list[int] = []
        numbers: dict[str, int] = {}
        for i, clip in enumerate(islice(clips, videos)):
            try:
                found = media.decode(clip.media, size=size, fps=FPS).frames
            except (media.MediaError, OSError) as reason:
                log.warning("%s: no frames: %s", clip.of, reason)
                continue
            if found is not None:
                kept = found[np.unique(np.linspace(0, len(found) - 1, frames).round().astype(int))]
                pictures.append(kept)
                owners += [numbers.setdefault(clip.of, len(numbers))] * len(kept)
            step(i + 1, 0, None)
        nothing = np.zeros((0, size, size, 3), np.uint8)
        return cls(np.concatenate([nothing, *pictures]), np.array(owners, np.int64))

    def save(self, folder: Path) -> None:
        """pictures.npy and then owners.npy; they are whole when owners.npy is there."""
        for name, array in (("pictures", self.pictures), ("owners", self.owners)):
            with whole(folder / f"{name}.npy") as part, part.open("wb") as file:
                np.save(file, array)

    @classmethod
    def load(cls, folder: Path) -> ClipFrames | None:
        """What `save` kept, the pictures left on disk; None when it did not come to its end."""
        if not (folder / "owners.npy").is_file():
            return None
        return cls(np.load(folder / "pictures.npy", mmap_mode="r"), np.load(folder / "owners.npy"))
