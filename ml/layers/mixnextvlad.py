"""MixNeXtVLAD: branches of NeXtVLAD over all frame-wise modalities, mixed by a gate and taught by their own mixture.

Lin, Xiao & Fan 2018, sections 3.3 and 3.4, equations 10-16. Parameter counts are those of the published models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ml.layers.batch_norm import BatchNorm
from ml.layers.gating import SqueezeGate
from ml.layers.nextvlad import NextVlad, NextVladConfig

Streams = Mapping[str, Tensor]  # modality -> (videos, frames, width), its mask (videos, frames)


@dataclass(frozen=True)
class BranchConfig:
    """One NeXtVLAD a modality; the first is aggregated by `clusters` and `groups`, the others by half of them."""

    widths: Mapping[str, int]  # modality -> width of a frame, the main one first
    tags: int
    clusters: int = 128
    groups: int = 8
    expansion: int = 2
    hidden: int = 2048
    ratio: int = 8  # of the squeeze gate
    dropout: float = 0.5

    def stream(self, number: int) -> NextVladConfig:
        """The aggregation of the modality with this number."""
        share = 1 if number == 0 else 2
        width = list(self.widths.values())[number]
        groups, clusters = max(1, self.groups // share), max(1, self.clusters // share)
        return NextVladConfig(width, clusters, groups, self.expansion)


class Branch(nn.Module):
    """Streams and their masks -> (videos, tags), logits. A missing modality is a video whose frames are all masked."""

    def __init__(self, config: BranchConfig) -> None:
        super().__init__()
        self.config = config
        streams = {name: config.stream(number) for number, name in enumerate(config.widths)}
        self.streams = nn.ModuleDict({name: NextVlad(stream) for name, stream in streams.items()})
        self.dropout = nn.Dropout(config.dropout)
        self.project = nn.Linear(sum(stream.out for stream in streams.values()), config.hidden, bias=False)
        self.norm = BatchNorm(config.hidden)
        self.gate = SqueezeGate(config.hidden, config.ratio)
        self.head = nn.Linear(config.hidden, config.tags)

    def forward(self, frames: Streams, masks: Streams) -> Tensor:
        logits: Tensor = self.head(self.embed(frames, masks))
        return logits

    def embed(self, frames: Streams, masks: Streams) -> Tensor:
        """(videos, hidden)."""
        vlads = []
        for name, stream in self.streams.items():
            vlad = stream(frames[name], masks[name])  # (videos, out)
            # What batch norm makes of no frames at all would be a value; zero adds nothing to the projection.
            vlads.append(vlad * masks[name].any(dim=1, keepdim=True))
        projected = self.norm(self.project(self.dropout(torch.cat(vlads, dim=-1))))  # (videos, hidden)
        gated: Tensor = self.gate(projected)
        return gated


@dataclass(frozen=True)
class MixConfig:
    """A mixture of equal branches."""

    branch: BranchConfig
    branches: int = 3
    temperature: float = 3.0
    # The paper's own ablation (table 3) is better without distillation: a weight to tune, not a constant of T squared.
    distillation: float = 1.0


class Mixture(NamedTuple):
    """Logits of a mixture and of its branches."""

    mixed: Tensor  # (videos, tags)
    own: Tensor  # (videos, branches, tags)


class MixNextVlad(nn.Module):
    """Streams and their masks -> `Mixture`."""

    def __init__(self, config: MixConfig) -> None:
        super().__init__()
        self.config = config
        self.branches = nn.ModuleList([Branch(config.branch) for _ in range(config.branches)])
        width = sum(config.branch.widths.values())
        self.gate_norm = BatchNorm(width)
        self.gate = nn.Linear(width, config.branches)

    def forward(self, frames: Streams, masks: Streams) -> Mixture:
        own = torch.stack([branch(frames, masks) for branch in self.branches], dim=1)  # (videos, branches, tags)
        means = [masked_mean(frames[name], masks[name]) for name in self.config.branch.widths]
        share = F.softmax(self.gate(self.gate_norm(torch.cat(means, dim=-1))), dim=-1)  # (videos, branches)
        return Mixture((share[..., None] * own).sum(dim=1), own)

    def loss(self, output: Mixture, target: Tensor) -> Tensor:
        """Equation 16: BCE of every branch and of the mixture, plus T^2 KL of each branch from the mixture."""
        each = target[:, None].expand_as(output.own)
        loss = _bce(output.mixed, target) + sum(_bce(output.own[:, m], each[:, m]) for m in range(output.own.shape[1]))
        return loss + self.config.distillation * distillation(output, self.config.temperature)


def distillation(output: Mixture, temperature: float) -> Tensor:
    """T^2 sum_m KL(softmax(z_e / T) || softmax(z_m / T)) over tags, mean over videos. The teacher is not taught."""
    teacher = F.log_softmax(output.mixed.detach() / temperature, dim=-1)[:, None]  # (videos, 1, tags)
    student = F.log_softmax(output.own / temperature, dim=-1)  # (videos, branches, tags)
    return temperature**2 * (teacher.exp() * (teacher - student)).sum(dim=(1, 2)).mean()


def masked_mean(frames: Tensor, mask: Tensor) -> Tensor:
    """(videos, frames, width) -> (videos, width); zeros for a video without frames."""
    present = mask[..., None].to(frames.dtype)
    return (frames * present).sum(dim=1) / present.sum(dim=1).clamp(min=1)


def _bce(logits: Tensor, target: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(dim=-1).mean()
