"""Features of many videos as the tensors that the networks read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor

from ml.layers.grams import GramTable
from ml.types import Array, Features

MODALITIES = ("text", "frames", "sound")
Widths = dict[str, int]  # modality -> width of its vector; a modality without width is not part of the network


def widths(features: Sequence[Features]) -> Widths:
    """Width of each modality that at least one of the videos has."""
    found: Widths = {}
    for modality in MODALITIES:
        vector = next((v for f in features if (v := vector_of(f, modality)) is not None), None)
        if vector is not None:
            found[modality] = len(vector)
    return found


def vector_of(features: Features, modality: str) -> Array | None:
    """One vector for a modality: text as it is, frames as mean and maximum, sound as mean and deviation."""
    if modality == "text":
        return features.text
    if modality == "frames":
        frames = features.frames
        return None if frames is None or not len(frames) else np.concatenate([frames.mean(0), frames.max(0)])
    sound = features.sound
    return None if sound is None or not len(sound) else np.concatenate([sound.mean(0), sound.std(0)])


@dataclass(frozen=True)
class Inputs:
    """Videos as tensors. A missing modality is a row of zeros whose mask is False."""

    vectors: dict[str, Tensor]  # modality -> (videos, width)
    present: dict[str, Tensor]  # modality -> (videos, 1) bool
    grams: sparse.csr_matrix  # (videos, grams) TF-IDF

    @classmethod
    def collate(cls, features: Sequence[Features], shape: Widths, table: GramTable) -> Inputs:
        """Tensors of all videos, on the CPU; a vector of another width than the network's counts as missing."""
        vectors, present = {}, {}
        for modality, width in shape.items():
            rows = np.zeros((len(features), width), np.float32)
            mask = np.zeros((len(features), 1), bool)
            for i, item in enumerate(features):
                vector = vector_of(item, modality)
                if vector is not None and len(vector) == width:
                    rows[i], mask[i] = vector, True
            vectors[modality], present[modality] = torch.from_numpy(rows), torch.from_numpy(mask)
        return cls(vectors, present, table.encode([item.video.text() for item in features]))

    def __len__(self) -> int:
        return int(self.grams.shape[0])

    def rows(self, index: NDArray[np.int64] | slice) -> Inputs:
        """Some of the videos."""
        vectors = {name: tensor[index] for name, tensor in self.vectors.items()}
        present = {name: tensor[index] for name, tensor in self.present.items()}
        return Inputs(vectors, present, self.grams[index])

    def to(self, device: torch.device | str) -> Inputs:
        """The same on another device; n-grams follow when they are looked up."""
        vectors = {name: tensor.to(device) for name, tensor in self.vectors.items()}
        present = {name: tensor.to(device) for name, tensor in self.present.items()}
        return Inputs(vectors, present, self.grams)

    def without(self, modality: str) -> Inputs:
        """The same videos as if this modality were missing."""
        if modality not in self.present:
            return self
        hidden = torch.zeros_like(self.present[modality])
        return Inputs(self.vectors, self.present | {modality: hidden}, self.grams)

    def dropped(self, probability: float, generator: torch.Generator) -> Inputs:
        """Each modality of each video goes missing with this probability: the network learns to do without."""
        present = {}
        for name, mask in self.present.items():
            kept = torch.rand(mask.shape, generator=generator) >= probability
            present[name] = mask & kept.to(mask.device)
        return Inputs(self.vectors, present, self.grams)
