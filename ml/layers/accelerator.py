"""Where networks are trained and asked."""

from __future__ import annotations

import torch


def name() -> str:
    """A GPU where there is one; under `torchrun` it is this process's own (`peers.joined`)."""
    return "cuda" if torch.cuda.is_available() else "cpu"
