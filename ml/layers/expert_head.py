"""Mixture-of-experts head (Jordan & Jacobs 1994; over tags as in Abu-El-Haija et al. 2016, section 5.2.3)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class ExpertConfig:
    """A dummy expert that always says no stands beside the `experts` of each tag."""

    width: int  # of the video vector
    tags: int
    experts: int = 2


class ExpertHead(nn.Module):
    """(videos, width) -> (videos, tags), log-probabilities: p = sum over the real experts of g_j sigmoid(e_j)."""

    def __init__(self, config: ExpertConfig) -> None:
        super().__init__()
        self.config = config
        self.gate = nn.Linear(config.width, config.tags * (config.experts + 1), bias=False)
        self.experts = nn.Linear(config.width, config.tags * config.experts)

    def forward(self, video: Tensor) -> Tensor:
        experts = self.experts(video).unflatten(-1, (self.config.tags, self.config.experts))
        # A sum of logarithms, not of probabilities: in half precision small ones would vanish.
        spoken = self.log_gates(video)[..., :-1] + F.logsigmoid(experts)  # (videos, tags, experts)
        return torch.logsumexp(spoken, dim=-1)

    def log_gates(self, video: Tensor) -> Tensor:
        """(videos, tags, experts + 1): log g, the dummy expert last."""
        scores = self.gate(video).unflatten(-1, (self.config.tags, self.config.experts + 1))
        return F.log_softmax(scores, dim=-1)


def expert_loss(log_probability: Tensor, target: Tensor) -> Tensor:
    """Binary cross entropy of log-probabilities, sum over tags, mean over videos."""
    positive = log_probability.clamp(max=-1e-7)  # log(1 - p) of a certain tag would be infinite
    negative = torch.log(-torch.expm1(positive))
    return -(target * positive + (1 - target) * negative).sum(dim=-1).mean()
