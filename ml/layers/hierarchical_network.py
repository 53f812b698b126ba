"""Videos judged along the tree of tags: fused modalities, leaves of boosted trees, DHMCN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.layers.class_graph import ClassGraph
from ml.layers.dhmcn import Dhmcn, DhmcnConfig
from ml.layers.fusion import Fusion, FusionConfig
from ml.layers.inputs import Inputs, Widths, vector_of
from ml.layers.leaf_embedding import LeafEmbedding
from ml.types import Array, Features


@dataclass(frozen=True)
class Leaves:
    """Leaves of videos, and of which videos they may be known."""

    numbers: Tensor  # (videos, trees)
    known: Tensor  # (videos, 1)

    def rows(self, index: NDArray[np.int64] | slice) -> Leaves:
        return Leaves(self.numbers[index], self.known[index])


class HierarchicalNetwork(nn.Module):
    """Videos and their leaves -> (videos, tags), probabilities."""

    def __init__(self, fusion: FusionConfig, network: DhmcnConfig, graph: ClassGraph, leaves: int) -> None:
        super().__init__()
        self.fusion = Fusion(fusion)
        self.leaves = LeafEmbedding(leaves, fusion.dim)
        self.network = Dhmcn(network, graph)

    def forward(self, videos: Inputs, leaves: Leaves) -> Tensor:
        return self.parts(videos, leaves)["answer"]

    def parts(self, videos: Inputs, leaves: Leaves) -> dict[str, Tensor]:
        """What `Dhmcn.parts` gives."""
        fused = self.fusion(videos) + self.leaves(leaves.numbers, leaves.known)  # (videos, dim)
        return self.network.parts(fused)


def dense(features: Sequence[Features], shape: Widths) -> Array:
    """(videos, values) all modalities side by side for the trees, NaN where one is missing: trees know what that is."""
    rows = np.full((len(features), sum(shape.values())), np.nan, np.float32)
    start = 0
    for modality, width in sorted(shape.items()):  # a saved shape comes back in the order of its names
        for i, item in enumerate(features):
            vector = vector_of(item, modality)
            if vector is not None and len(vector) == width:
                rows[i, start : start + width] = vector
        start += width
    return rows


def tree_fold(videos: int, share: float, seed: int) -> NDArray[np.int64]:
    """Videos that the trees are fitted on; the network sees those without their leaves."""
    return np.sort(np.random.default_rng(seed).permutation(videos)[: int(share * videos)])
