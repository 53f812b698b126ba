"""NetVLAD: frames softly assigned to clusters, aggregated as residuals to the clusters' centres.

Arandjelovic et al. 2016, section 3.1; over frames of a video and with context gating as in Miech, Laptev & Sivic 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ml.layers.batch_norm import BatchNorm
from ml.layers.gating import ContextGate


@dataclass(frozen=True)
class NetVladConfig:
    """Parameters grow as width * clusters * (hidden + 2)."""

    width: int  # of a frame
    clusters: int = 64
    hidden: int = 1024  # width of the video vector


class NetVlad(nn.Module):
    """(videos, frames, width) and their mask (videos, frames) -> (videos, hidden)."""

    def __init__(self, config: NetVladConfig) -> None:
        super().__init__()
        self.config = config
        self.assign = nn.Linear(config.width, config.clusters, bias=False)
        self.assign_norm = BatchNorm(config.clusters)
        self.centres = nn.Parameter(torch.randn(config.width, config.clusters) * config.width**-0.5)
        self.project = nn.Linear(config.width * config.clusters, config.hidden, bias=False)
        self.gate = ContextGate(config.hidden)

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        flat = F.normalize(self.residuals(frames, mask).flatten(1), dim=-1)  # (videos, width * clusters)
        gated: Tensor = self.gate(self.project(flat))
        return gated

    def residuals(self, frames: Tensor, mask: Tensor) -> Tensor:
        """(videos, width, clusters): sum over frames of a_k (x - c_k), each cluster at length 1."""
        share = F.softmax(self.assign_norm(self.assign(frames), mask), dim=-1)  # (videos, frames, clusters)
        share = share * mask[..., None]
        return residuals(share, frames, self.centres)


def residuals(share: Tensor, parts: Tensor, centres: Tensor) -> Tensor:
    """Intra-normalised VLAD: share (videos, parts, clusters), parts (videos, parts, d), centres (d, clusters)."""
    total = share.sum(dim=1)[:, None]  # (videos, 1, clusters)
    vlad = parts.transpose(1, 2) @ share - total * centres  # (videos, d, clusters)
    return F.normalize(vlad, dim=1)
