"""Asymmetric loss (Ridnik et al. 2021, equations 4-7) for labels that are missing rather than negative."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def asymmetric_loss(
    logits: Tensor,
    positive: Tensor,
    negative: Tensor,
    ignored: Tensor,
    gamma: float = 4.0,
    clip: float = 0.05,
) -> Tensor:
    """Mean over videos of `asymmetric_losses`."""
    return asymmetric_losses(logits, positive, negative, ignored, gamma, clip).mean()


def asymmetric_losses(
    logits: Tensor,
    positive: Tensor,
    negative: Tensor,
    ignored: Tensor,
    gamma: float = 4.0,
    clip: float = 0.05,
) -> Tensor:
    """(videos,) sum over tags; all arguments are (videos, tags).

    A tag that nobody spoke of is a doubtful negative: focused by `gamma`, and free below the probability `clip`.
    A rejected tag (`negative`) is a full negative. `ignored` tags (1) have no part.
    """
    probability = torch.sigmoid(logits)
    shifted = (probability - clip).clamp(min=0)
    doubtful = -(shifted**gamma) * torch.log((1 - shifted).clamp(min=1e-8))
    loss = torch.where(negative > 0, -F.logsigmoid(-logits), doubtful)
    loss = torch.where(positive > 0, -F.logsigmoid(logits), loss)
    return (loss * (1 - ignored)).sum(dim=-1)
