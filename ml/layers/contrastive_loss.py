"""Multi-positive InfoNCE (van den Oord et al. 2018, equation 4, one term per positive) with weighted negatives."""

from __future__ import annotations

import torch
from torch import Tensor


def contrastive_loss(logits: Tensor, positive: Tensor, weight: Tensor) -> Tensor:
    """Mean over videos with a positive of -1/|P| sum_p log e^p / (e^p + sum_n w_n e^n).

    logits (videos, tags); positive (videos, tags) 1 at positives; weight (videos, tags) of each negative, 0 = left out.
    Another positive is never a negative.
    """
    negatives = torch.where((weight > 0) & (positive == 0), logits + torch.log(weight.clamp(min=1e-12)), -torch.inf)
    rest = torch.logsumexp(negatives, dim=-1, keepdim=True)  # (videos, 1)
    terms = torch.logaddexp(logits, rest) - logits  # (videos, tags)
    count = positive.sum(dim=-1)  # (videos,)
    per_video = (terms * positive).sum(dim=-1) / count.clamp(min=1)
    return per_video.sum() / (count > 0).sum().clamp(min=1)
