"""Proxies of classes on the sphere, kept apart by a margin.

CosFace takes the margin off the cosine (Wang et al. 2018, equation 4), ArcFace adds it to the angle (Deng et al. 2019,
equation 3). Sub-centres give a class several proxies, of which the nearest counts (Deng et al. 2020, section 3.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

KINDS = ("cosface", "arcface")


@dataclass(frozen=True)
class MarginConfig:
    classes: int
    dim: int
    centres: int = 1  # proxies of a class
    kind: str = "cosface"
    scale: float = 30.0
    margin: float = 0.3

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown margin {self.kind!r}; known: {', '.join(KINDS)}")


class Proxies(nn.Module):
    """L2-normalised embeddings (n, dim) -> (n, classes), the cosine to the nearest proxy of each class."""

    def __init__(self, config: MarginConfig) -> None:
        super().__init__()
        self.config = config
        self.weight = nn.Parameter(torch.randn(config.classes, config.centres, config.dim))

    def forward(self, embedded: Tensor) -> Tensor:
        nearest: Tensor = torch.einsum("nd,kcd->nkc", embedded, F.normalize(self.weight, dim=-1)).amax(dim=-1)
        return nearest

    def loss(self, embedded: Tensor, target: Tensor) -> Tensor:
        """Cross entropy of the scaled cosines, the true class's lowered by the margin; target (n,)."""
        cosine = self(embedded)
        true = cosine.gather(1, target[:, None])
        lowered = cosine.scatter(1, target[:, None], with_margin(true, self.config))
        return F.cross_entropy(self.config.scale * lowered, target)


def with_margin(cosine: Tensor, config: MarginConfig) -> Tensor:
    """What the true class's cosine counts as. Beyond pi - margin ArcFace goes on falling in a straight line."""
    if config.kind == "cosface":
        return cosine - config.margin
    turned = torch.cos(torch.acos(cosine.clamp(-1 + 1e-7, 1 - 1e-7)) + config.margin)
    straight = cosine - config.margin * math.sin(config.margin)
    return torch.where(cosine > math.cos(math.pi - config.margin), turned, straight)
