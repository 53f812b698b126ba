"""Gated attention pooling: each head weighs the frames by what they show (Ilse, Tomczak & Welling 2018, equation 9)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ml.layers.gating import SqueezeGate


@dataclass(frozen=True)
class GatedAttentionConfig:
    """The video vector is heads * width wide."""

    width: int  # of a frame
    heads: int = 8
    hidden: int = 128
    ratio: int = 0  # bottleneck of the gate over the pooled vector; 0 = no gate


class GatedAttention(nn.Module):
    """(videos, frames, width) and their mask (videos, frames) -> (videos, heads * width)."""

    def __init__(self, config: GatedAttentionConfig) -> None:
        super().__init__()
        self.config = config
        self.content = nn.Linear(config.width, config.hidden)  # V
        self.openness = nn.Linear(config.width, config.hidden)  # U
        self.score = nn.Linear(config.hidden, config.heads, bias=False)  # w
        out = config.heads * config.width
        self.gate = SqueezeGate(out, config.ratio) if config.ratio else nn.Identity()

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        pooled = self.attention(frames, mask) @ frames  # (videos, heads, width)
        gated: Tensor = self.gate(pooled.flatten(1))
        return gated

    def attention(self, frames: Tensor, mask: Tensor) -> Tensor:
        """(videos, heads, frames): sums to 1 over the frames that are there; all zeros without frames."""
        hidden = torch.tanh(self.content(frames)) * torch.sigmoid(self.openness(frames))  # (videos, frames, hidden)
        scores = self.score(hidden).transpose(1, 2)  # (videos, heads, frames)
        return masked_softmax(scores, mask[:, None])


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last axis where the mask is True, exactly 0 elsewhere and where nothing is True."""
    mask = mask.expand_as(scores)
    filled = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return F.softmax(filled, dim=-1) * mask
