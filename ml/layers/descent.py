"""The optimiser loop that every network of the stack is trained by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.parts import Step


@dataclass(frozen=True)
class DescentConfig:
    """AdamW; the learning rate warms up over the first tenth and then follows half a cosine."""

    epochs: int = 6
    least_steps: int = 200
    batch: int = 64
    rate: float = 5e-3
    decay: float = 0.0
    seed: int = 0


def descend(
    model: nn.Module,
    examples: int,
    loss: Callable[[NDArray[np.int64], torch.Generator], Tensor],
    config: DescentConfig,
    step: Step,
) -> list[float]:
    """Minimise `loss(rows, generator)` over shuffled batches of rows; the model is left in eval mode.

    Returns the loss of each step. `step` is told after each one and may raise to stop.
    """
    generator = torch.Generator().manual_seed(config.seed)
    per_epoch = math.ceil(examples / config.batch)
    total = max(config.epochs * per_epoch, config.least_steps) if examples else 0
    losses: list[float] = []
    if not total:
        model.eval()
        return losses
    # Fused: with the large tables of n-grams one step costs a quarter.
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.rate, weight_decay=config.decay, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda done: share_of_rate(done, total))
    model.train()
    while len(losses) < total:
        order = torch.randperm(examples, generator=generator).numpy()
        for start in range(0, examples, config.batch):
            if len(losses) == total:
                break
            value = loss(order[start : start + config.batch], generator)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            losses.append(float(value.detach()))
            step(len(losses), total, losses[-1])
    model.eval()
    return losses


def share_of_rate(done: int, total: int) -> float:
    """Share of the peak learning rate after `done` of `total` steps."""
    warmup = max(1, total // 10)
    if done < warmup:
        return (done + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (done - warmup) / max(1, total - warmup)))
