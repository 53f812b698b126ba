"""Leaves of trees as one vector: the sum of their embeddings (He et al. 2014, section 3.1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LeafEmbedding(nn.Module):
    """Numbers of leaves (videos, trees) and whether they are known (videos, 1) -> (videos, width).

    Of videos that the trees were fitted on nothing is known: a leaf that knows its label would be learned as the truth.
    """

    def __init__(self, leaves: int, width: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(max(leaves, 1), width)
        nn.init.normal_(self.embed.weight, std=0.01)
        self.unknown = nn.Parameter(torch.zeros(width))

    def forward(self, leaves: Tensor, known: Tensor) -> Tensor:
        return torch.where(known, self.embed(leaves).sum(dim=1), self.unknown)
