"""Take over what a former network learned, although tags and n-grams have come and gone since."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import torch
from torch import Tensor, nn


def shared_rows(new: Sequence[Hashable], old: Sequence[Hashable]) -> tuple[Tensor, Tensor]:
    """Places in `new` and in `old` of the keys that both have."""
    place = {key: i for i, key in enumerate(old)}
    pairs = [(i, place[key]) for i, key in enumerate(new) if key in place]
    both = torch.tensor(pairs, dtype=torch.long).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@torch.no_grad()
def take_over(new: nn.Module, old: nn.Module, rows: Mapping[str, tuple[Tensor, Tensor]]) -> None:
    """Copy parameters and buffers of `old` into `new`.

    `rows` maps a tensor's name to the rows it shares with the old one; other tensors are copied when the shapes
    agree and left as they are when they do not (a modality came or went).
    """
    former = old.state_dict()
    for name, tensor in new.state_dict().items():
        if name not in former:
            continue
        if name in rows:
            here, there = rows[name]
            if former[name].shape[1:] == tensor.shape[1:]:
                tensor[here] = former[name][there].to(tensor.device)
        elif former[name].shape == tensor.shape:
            tensor.copy_(former[name])
