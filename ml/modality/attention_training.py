"""A backbone that learns from attended, cropped and dropped views of each picture (WS-DAN, Hu et al. 2019)."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.layers import attention_views
from ml.layers.attention_views import CROP, DROP, LOOK
from ml.layers.bilinear_attention import SCALE, AttentionCentres, BilinearAttention


class Looked(NamedTuple):
    """What one look at pictures gives."""

    logits: Tensor  # (pictures, tags)
    maps: Tensor  # (pictures, maps, h, w)
    parts: Tensor  # (pictures, maps * channels)


class AttentionTagger(nn.Module):
    """(pictures, 3, size, size) -> logits, maps and parts. Only the backbone is kept after the training.

    ValueError for a backbone whose features are no maps (pictures, channels, h, w).
    """

    def __init__(self, backbone: Any, tags: int, size: int, maps: int = 32) -> None:
        super().__init__()
        self.backbone = backbone
        with torch.inference_mode():
            shape = backbone.eval().forward_features(torch.zeros(1, 3, size, size)).shape
        if len(shape) != 4 or shape[1] != backbone.num_features:
            raise ValueError("attention cropping needs a convolutional backbone, whose features are maps")
        self.attention = BilinearAttention(shape[1], maps)
        self.centres = AttentionCentres(tags, maps * shape[1])
        self.head = nn.Linear(maps * shape[1], tags)

    def forward(self, pixels: Tensor) -> Looked:
        maps, parts = self.attention(self.backbone.forward_features(pixels))
        return Looked(self.head(SCALE * parts), maps, parts)

    def loss(self, pixels: Tensor, target: Tensor, balance: Tensor | None, draw: torch.Generator) -> Tensor:
        """The losses of the picture, its crop and what is left without the attended, and the distance from centres.

        They are summed for one step of the optimiser; the authors' code takes three steps a batch.
        """
        looked = self(pixels)
        near, rest = views(pixels, looked.maps.detach(), draw)
        total: Tensor = self.centres(looked.parts, target)
        for logits in (looked.logits, self(near).logits, self(rest).logits):
            total = total + functional.binary_cross_entropy_with_logits(logits, target, pos_weight=balance)
        self.centres.follow(looked.parts.detach(), target)
        return total

    @torch.inference_mode()
    def judged(self, pixels: Tensor) -> Tensor:
        """(pictures, tags): mean logits of the picture and of a crop by all its maps together."""
        looked = self(pixels)
        shares = torch.full((len(pixels),), LOOK)
        near = attention_views.cropped(pixels, looked.maps.mean(1), shares)
        mean: Tensor = (looked.logits + self(near).logits) / 2
        return mean


@torch.no_grad()
def views(pixels: Tensor, maps: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """The cropped and the dropped pictures, each by a map of its own and a threshold drawn anew."""
    near = attention_views.cropped(pixels, attention_views.drawn(maps, draw), _uniform(CROP, len(pixels), draw))
    rest = attention_views.dropped(pixels, attention_views.drawn(maps, draw), _uniform(DROP, len(pixels), draw))
    return near, rest


def _uniform(bounds: tuple[float, float], count: int, draw: torch.Generator) -> Tensor:
    low, high = bounds
    return torch.rand(count, generator=draw) * (high - low) + low
