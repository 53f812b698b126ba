"""A backbone with the small head that contrastive learning needs and throws away (SimCLR, section 4.2)."""

from __future__ import annotations

from torch import Tensor, nn


class Projected(nn.Module):
    """(pictures, 3, size, size) -> (pictures, dim), by two layers behind the backbone's features of `width`."""

    def __init__(self, backbone: nn.Module, width: int, dim: int = 128) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, dim))

    def forward(self, pictures: Tensor) -> Tensor:
        projected: Tensor = self.head(self.backbone(pictures))
        return projected
