"""Batch normalisation that padding cannot shift and that one row alone does not stop."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BatchNorm(nn.BatchNorm1d):
    """(..., channels) -> the same, each channel normalised over all rows whose mask is True.

    Padded rows come out as zeros. In training a single row has no spread, so running statistics stand in for it.
    """

    def forward(self, rows: Tensor, mask: Tensor | None = None) -> Tensor:
        flat = rows.reshape(-1, self.num_features) if mask is None else rows[mask]  # (present rows, channels)
        single = self.training and len(flat) < 2
        if single or not len(flat):
            running = (self.running_mean, self.running_var, self.weight, self.bias)
            normed = nn.functional.batch_norm(flat, *running, training=False, eps=self.eps)
        else:
            normed = super().forward(flat)
        if mask is None:
            return normed.reshape(rows.shape)
        whole = torch.zeros_like(rows)
        whole[mask] = normed
        return whole
