"""Momentum contrast: pictures of one thing agree, against a long queue of other things.

MoCo (He et al. 2020, section 3.2 and algorithm 1); two-layer head, temperature 0.2 and stronger augmentation are those
of MoCo v2 (Chen et al. 2020). Batch norm would tell which key belongs to which query by the statistics of their batch;
the authors shuffle keys between GPUs. Here a batch is encoded in groups, each with statistics of its own, and the keys
are shuffled between the groups: the same on one device.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NOBODY = -1  # group of a queue entry that was drawn at random in the beginning


@dataclass(frozen=True)
class ContrastConfig:
    """The defaults are those of MoCo v2, whose queue is for a million pictures."""

    dim: int = 128
    queue: int = 65_536  # keys
    momentum: float = 0.999
    temperature: float = 0.2
    groups: int = 8  # of a batch that are encoded apart


class MomentumContrast(nn.Module):
    """Two views of the same things (n, ...) -> logits (n, 1 + queue); the first column is right."""

    keys: Tensor
    owners: Tensor
    place: Tensor

    def __init__(self, encoder: nn.Module, config: ContrastConfig) -> None:
        super().__init__()
        self.config = config
        self.query, self.key = encoder, deepcopy(encoder)
        self.key.requires_grad_(False)
        self.register_buffer("keys", F.normalize(torch.randn(config.queue, config.dim), dim=-1))
        self.register_buffer("owners", torch.full((config.queue,), NOBODY))
        self.register_buffer("place", torch.zeros((), dtype=torch.long))

    def forward(self, queries: Tensor, keys: Tensor, owners: Tensor, order: Tensor) -> Tensor:
        """`owners` (n,) say of what each picture is: older keys of the same thing are no negatives.

        `order` (n,) is the permutation in which the keys are encoded.
        """
        seen = F.normalize(in_groups(self.query, queries, self.config.groups), dim=-1)
        with torch.no_grad():
            self.follow()
            shuffled = F.normalize(in_groups(self.key, keys[order], self.config.groups), dim=-1)
            wanted = torch.empty_like(shuffled)
            wanted[order] = shuffled
        right = (seen * wanted).sum(-1, keepdim=True)  # (n, 1)
        wrong = seen @ self.keys.clone().T  # a copy, for the queue changes before the gradient is taken
        wrong = wrong.masked_fill(owners[:, None] == self.owners, -torch.inf)
        self.remember(wanted, owners)
        return torch.cat([right, wrong], dim=1) / self.config.temperature

    def loss(self, queries: Tensor, keys: Tensor, owners: Tensor, order: Tensor) -> Tensor:
        """InfoNCE (van den Oord et al. 2018)."""
        logits = self(queries, keys, owners, order)
        return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device))

    @torch.no_grad()
    def follow(self) -> None:
        """The key encoder: m * key + (1 - m) * query."""
        for own, leader in zip(self.key.parameters(), self.query.parameters(), strict=True):
            own.mul_(self.config.momentum).add_(leader, alpha=1 - self.config.momentum)

    @torch.no_grad()
    def remember(self, keys: Tensor, owners: Tensor) -> None:
        """The oldest keys make room; the queue is a ring, so a batch may run over its end."""
        if len(keys) > self.config.queue:
            raise ValueError(f"a queue of {self.config.queue} keys is shorter than a batch of {len(keys)}")
        rows = (self.place + torch.arange(len(keys), device=keys.device)) % self.config.queue
        self.keys[rows], self.owners[rows] = keys.to(self.keys.dtype), owners  # of a GPU they may be in bfloat16
        self.place.copy_((self.place + len(keys)) % self.config.queue)


def in_groups(encoder: nn.Module, pictures: Tensor, groups: int) -> Tensor:
    """Encoded in so many groups of about the same size, at least two pictures in each."""
    parts = pictures.tensor_split(max(1, min(groups, len(pictures) // 2)))
    return torch.cat([encoder(part) for part in parts])
