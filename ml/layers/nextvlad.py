"""NeXtVLAD: NetVLAD over low-dimensional groups of each frame, with attention over the groups.

Lin, Xiao & Fan 2018 (ECCV workshops), section 3.2, equations 6-9.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ml.layers.batch_norm import BatchNorm
from ml.layers.netvlad import residuals


@dataclass(frozen=True)
class NextVladConfig:
    """The video vector is expansion * width / groups * clusters wide."""

    width: int  # of a frame
    clusters: int = 64
    groups: int = 8
    expansion: int = 2

    @property
    def wide(self) -> int:
        """Width of an expanded frame."""
        return self.width * self.expansion

    @property
    def group_width(self) -> int:
        if self.wide % self.groups:
            raise ValueError(f"{self.groups} groups do not divide an expanded frame of {self.wide}")
        return self.wide // self.groups

    @property
    def out(self) -> int:
        """Width of the video vector."""
        return self.group_width * self.clusters


class NextVlad(nn.Module):
    """(videos, frames, width) and their mask (videos, frames) -> (videos, group_width * clusters)."""

    def __init__(self, config: NextVladConfig) -> None:
        super().__init__()
        self.config = config
        wide, pairs = config.wide, config.groups * config.clusters
        self.expand = nn.Linear(config.width, wide)
        self.attend = nn.Linear(wide, config.groups)
        self.assign = nn.Linear(wide, pairs, bias=False)
        self.assign_norm = BatchNorm(pairs)
        self.centres = nn.Parameter(torch.randn(config.group_width, config.clusters) * config.group_width**-0.5)
        self.norm = BatchNorm(config.out)

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        normed: Tensor = self.norm(self.residuals(frames, mask).flatten(1))
        return normed

    def residuals(self, frames: Tensor, mask: Tensor) -> Tensor:
        """(videos, group_width, clusters), each cluster at length 1."""
        videos, count, _ = frames.shape
        wide = self.expand(frames)  # (videos, frames, wide)
        attention = torch.sigmoid(self.attend(wide)) * mask[..., None]  # (videos, frames, groups)
        scores = self.assign_norm(self.assign(wide), mask)  # (videos, frames, groups * clusters)
        parts = count * self.config.groups
        share = F.softmax(scores.reshape(videos, parts, self.config.clusters), dim=-1)
        share = share * attention.reshape(videos, parts, 1)
        return residuals(share, wide.reshape(videos, parts, self.config.group_width), self.centres)
