"""Gates that let a vector decide which of its own components count."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.layers.batch_norm import BatchNorm


class ContextGate(nn.Module):
    """y * sigmoid(W y + b) (Miech, Laptev & Sivic 2017, equation 2). (videos, dim) -> the same shape."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.gate = nn.Linear(dim, dim)

    def forward(self, vector: Tensor) -> Tensor:
        return vector * torch.sigmoid(self.gate(vector))


class SqueezeGate(nn.Module):
    """y * sigmoid(W2 relu(BN(W1 y))): context gating through a bottleneck (Lin, Xiao & Fan 2018, section 3.3).

    The paper's figure 4 draws a second batch norm after W2; its published weights have none, and neither has this.
    """

    def __init__(self, dim: int, ratio: int = 8) -> None:
        super().__init__()
        self.squeeze = nn.Linear(dim, dim // ratio, bias=False)
        self.norm = BatchNorm(dim // ratio)
        self.excite = nn.Linear(dim // ratio, dim, bias=False)

    def forward(self, vector: Tensor) -> Tensor:
        squeezed = torch.relu(self.norm(self.squeeze(vector)))  # (videos, dim / ratio)
        return vector * torch.sigmoid(self.excite(squeezed))  # (videos, dim)
