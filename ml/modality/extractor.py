"""What every extractor is: built from settings, named by its weights, batch in, arrays out."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ml.types import Array

Settings = Mapping[str, Any]


class MissingWeights(RuntimeError):
    """Pretrained weights are not on this machine; the text says where to put them."""


@dataclass(frozen=True)
class Material:
    """All that extractors may look at for one video. What is missing is None or empty."""

    text: str = ""
    frames: NDArray[np.uint8] | None = None  # (frames, size, size, 3), RGB
    times: Array | None = None  # (frames,), seconds
    sound: Array | None = None  # (samples,), mono in [-1, 1]
    whole: Sequence[NDArray[np.uint8]] = ()  # pictures (height, width, 3), RGB, nothing cut off
    whole_times: Array | None = None  # (pictures,), seconds


class Extractor(ABC):
    """Computes one modality of many videos at a time.

    Promises, tested for all of them: the same input gives the same arrays, in whatever batch it comes; input that
    lacks the modality gives no arrays; another set of weights or settings has another `name`.
    """

    modality: ClassVar[str]  # text | frames | sound | texture | faces: the field of Features that it fills
    personal: ClassVar[bool] = False  # tells who is to be seen, so what is stored of a clip can be erased by itself
    name: str  # registered name and fingerprint: the extractor's part of the cache key
    dim: int  # width of one row

    @property
    def decoding(self) -> Mapping[str, Any]:
        """What `ml.media.decode` must give it (size, fps, rate, whole); empty when it reads no media."""
        return {}

    @classmethod
    @abstractmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """From the stack's settings; `folder` holds the trained weights of a bundle. Raises MissingWeights."""

    @abstractmethod
    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        """Per material, arrays named like fields of Features; empty where there is nothing to extract."""


def fingerprint(settings: Settings, *weights: Path) -> str:
    """12 hex digits that change with any setting and any byte of the weight files."""
    digest = hashlib.sha256(json.dumps(dict(settings), sort_keys=True).encode())
    for path in weights:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]
