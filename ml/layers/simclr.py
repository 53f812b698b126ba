"""SimCLR: the two views of each picture find each other among all views of the batch (Chen et al. 2020, equation 1)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def normalised_temperature_loss(one: Tensor, other: Tensor, temperature: float = 0.5) -> Tensor:
    """NT-Xent of the projections (n, dim) of both views; row i of one belongs to row i of the other."""
    views = F.normalize(torch.cat([one, other]), dim=-1)  # (2n, dim)
    logits = views @ views.T / temperature
    logits = logits.masked_fill(torch.eye(len(views), dtype=torch.bool, device=views.device), -torch.inf)
    partner = torch.arange(len(views), device=views.device).roll(len(one))
    return F.cross_entropy(logits, partner)
