"""Where a training stands: weights, optimiser and step in one file that is whole whenever it is there."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

_STEP, _MODEL, _OPTIMISER = "step", "model.", "optimiser."


def write(file: Path, step: int, model: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Replace the checkpoint; a kill in the middle leaves the former one."""
    tensors = {_MODEL + name: tensor for name, tensor in model.state_dict().items()}
    for number, values in optimiser.state_dict()["state"].items():
        tensors |= {f"{_OPTIMISER}{number}.{name}": torch.as_tensor(value) for name, value in values.items()}
    own = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}  # tied weights are stored twice
    part = file.with_suffix(".part")
    save_file(own, part, metadata={_STEP: str(step)})
    os.replace(part, file)


def read(file: Path, model: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """Go back to where `write` was called; returns the step, 0 without a checkpoint."""
    if not file.is_file():
        return 0
    state: dict[int, dict[str, Tensor]] = {}
    weights: dict[str, Tensor] = {}
    with safe_open(file, "pt") as content:  # type: ignore[no-untyped-call]
        for name in content.keys():  # noqa: SIM118  # it is no mapping
            if name.startswith(_MODEL):
                weights[name.removeprefix(_MODEL)] = content.get_tensor(name)
            else:
                number, _, value = name.removeprefix(_OPTIMISER).partition(".")
                state.setdefault(int(number), {})[value] = content.get_tensor(name)
        step = int(content.metadata()[_STEP])
    model.load_state_dict(weights)
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    return step
