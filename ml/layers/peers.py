"""Processes that train one network together (`torchrun`): each reads a share of every batch, gradients are averaged.

Synchronous data-parallel descent (Li et al. 2020, "PyTorch Distributed", section 3.2.1) without its buckets: a network
of the stack has a few megabytes, so one message a step is enough. A process alone has no peers and pays nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

PATIENCE = timedelta(hours=12)  # for the first one, which alone evaluates and writes


@contextmanager
def joined() -> Iterator[None]:
    """Meet the other processes that `torchrun` started; alone, do nothing. Where there are GPUs, each has its own."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))  # what "cuda" means from here on
    dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=PATIENCE)
    try:
        yield
    finally:
        dist.destroy_process_group()


def count() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def leads() -> bool:
    """Whether this process is the one that writes and reports."""
    return rank() == 0


def wait() -> None:
    """Until all have come here."""
    if count() > 1:
        told(None)


def told(value: Any) -> Any:
    """What the first process says, to all of them."""
    if count() == 1:
        return value
    said = [value]
    dist.broadcast_object_list(said, src=0)
    return said[0]


def share(rows: Any) -> Any:
    """This process's part of a batch."""
    return rows[rank() :: count()]


def agree(model: nn.Module) -> None:
    """All go on with the first one's parameters and buffers."""
    if count() > 1:
        for tensor in model.state_dict().values():
            _broadcast(tensor)


def average(parameters: Iterable[nn.Parameter], weight: float) -> None:
    """Sum of the gradients times their weights (this process's share of the batch), in place.

    A parameter that no process has a gradient for keeps none, so that an optimiser passes it by as it would alone.
    """
    if count() == 1:
        return
    trained = [p for p in parameters if p.requires_grad]
    parts = [torch.zeros_like(p) if p.grad is None else p.grad * weight for p in trained]
    used = torch.tensor([p.grad is not None for p in trained], dtype=parts[0].dtype, device=parts[0].device)
    flat = torch.cat([used, *(part.flatten() for part in parts)])
    dist.all_reduce(flat)
    used, *summed = torch.split(flat, [len(trained), *(p.numel() for p in trained)])
    for parameter, gradient, known in zip(trained, summed, used.tolist(), strict=True):
        parameter.grad = gradient.view_as(parameter) if known else None


def _broadcast(tensor: Tensor) -> None:
    whole = tensor.contiguous()
    dist.broadcast(whole, src=0)
    tensor.copy_(whole)
