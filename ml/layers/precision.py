"""In which numbers networks are trained: float32, or bfloat16 where a GPU multiplies (Micikevicius et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch

KINDS = ("float32", "bf16")
_KIND = ContextVar("precision", default="float32")


@contextmanager
def trained_in(kind: str) -> Iterator[None]:
    """Every network trained in the block. Ambient, for each part would only hand it on. ValueError: unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"unknown precision {kind!r}; known: {', '.join(KINDS)}")
    token = _KIND.set(kind)
    try:
        yield
    finally:
        _KIND.reset(token)


def autocast() -> torch.autocast:
    """For a forward pass and its loss. bf16 has float32's range, so no loss is scaled; on a CPU it is off."""
    return torch.autocast("cuda", torch.bfloat16, enabled=_KIND.get() == "bf16" and torch.cuda.is_available())
