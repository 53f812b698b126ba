"""What every trained layer is held to: it learns one batch by heart, and its weights survive a file to the bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


def parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def overfits(model: nn.Module, loss: Callable[[], Tensor], steps: int = 150, rate: float = 0.02) -> float:
    """Loss in eval mode after training on one batch; every parameter must have had a gradient on the way."""
    model.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    touched: set[str] = set()
    for _ in range(steps):
        optimiser.zero_grad()
        loss().backward()
        touched |= {n for n, p in model.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}
        optimiser.step()
    assert touched == {name for name, _ in model.named_parameters()}
    model.eval()
    return float(loss().detach())


def reloaded(model: nn.Module, fresh: nn.Module, folder: Path) -> nn.Module:
    """`fresh` with the weights of `model`, by way of a file."""
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, folder / "m.safetensors")
    fresh.load_state_dict(load_file(folder / "m.safetensors"))
    return fresh.eval()
