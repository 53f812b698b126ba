"""Attention maps learned without boxes, and the parts of a picture that they look at.

Hu et al. 2019, "See Better Before Looking Closer" (WS-DAN), sections 3.1 and 3.2.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SCALE = 100.0  # of the unit vector before the classifier, whose logits would hardly differ otherwise
EPSILON = 1e-12


class BilinearAttention(nn.Module):
    """(pictures, channels, h, w) -> maps (pictures, maps, h, w), not negative, and parts (pictures, maps * channels).

    Part k is the mean over places of map k times the features; all parts together are a vector of length 1.
    """

    def __init__(self, channels: int, maps: int = 32) -> None:
        super().__init__()
        self.look = nn.Conv2d(channels, maps, 1, bias=False)
        self.norm = nn.BatchNorm2d(maps)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        maps = torch.relu(self.norm(self.look(features)))
        return maps, pooled(maps, features)


def pooled(maps: Tensor, features: Tensor) -> Tensor:
    """Bilinear attention pooling: signed square roots of the parts, at length 1."""
    parts = torch.einsum("nkhw,nchw->nkc", maps, features) / maps[0, 0].numel()
    flat = parts.flatten(1)
    return F.normalize(torch.sign(flat) * torch.sqrt(flat.abs() + EPSILON), dim=-1)


class AttentionCentres(nn.Module):
    """What the parts of a tag look like on average: pictures of one tag shall attend to the same parts of it.

    As published where each picture has one tag; with several, the distances to their centres are averaged.
    """

    centres: Tensor

    def __init__(self, tags: int, width: int, share: float = 0.05) -> None:
        super().__init__()
        self.share = share
        self.register_buffer("centres", torch.zeros(tags, width))

    def forward(self, parts: Tensor, said: Tensor) -> Tensor:
        """Mean squared distance of parts (pictures, width) from the centres of their tags, said (pictures, tags)."""
        centres = F.normalize(self.centres, dim=-1)
        distance = (parts**2).sum(-1)[:, None] - 2 * parts @ centres.T + (centres**2).sum(-1)
        each = (distance * said).sum(-1) / said.sum(-1).clamp(min=1.0)
        return each.sum() / (said.sum(-1) > 0).sum().clamp(min=1)

    @torch.no_grad()
    def follow(self, parts: Tensor, said: Tensor) -> None:
        """Each centre goes a share of the way from its direction to its pictures' parts, their mean if several."""
        count = said.sum(0)[:, None]  # (tags, 1)
        mean = said.T @ parts / count.clamp(min=1.0)
        step = self.share * (mean - F.normalize(self.centres, dim=-1))
        self.centres += torch.where(count > 0, step, 0.0)
