"""Attention cropping and dropping: a closer look at what a map attends to, and a look at the rest.

Hu et al. 2019, "See Better Before Looking Closer" (WS-DAN), section 3.3.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

CROP, DROP = (0.4, 0.6), (0.2, 0.5)  # thresholds are drawn from these shares of a map's greatest value
LOOK = 0.1  # and the crop of a finished network takes this one
PADDING = 0.1  # of the side, around what is attended to

Box = tuple[int, int, int, int]  # top, bottom, left, right; the first in, the second out


@torch.no_grad()
def drawn(maps: Tensor, draw: torch.Generator) -> Tensor:
    """One map of each picture: (pictures, maps, h, w) -> (pictures, h, w)."""
    chosen = torch.randint(maps.shape[1], (len(maps),), generator=draw).to(maps.device)
    return maps[torch.arange(len(maps), device=maps.device), chosen]


@torch.no_grad()
def cropped(pixels: Tensor, maps: Tensor, shares: Tensor, padding: float = PADDING) -> Tensor:
    """Each picture's box around {map >= share of its maximum}, as large as the picture was.

    pixels (n, c, height, width), maps (n, h, w), shares (n,).
    """
    size = pixels.shape[-2:]
    views = []
    for picture, attention, share in zip(pixels, enlarged(maps, size), shares.tolist(), strict=True):
        top, bottom, left, right = box(attention, share, padding)
        part = picture[None, :, top:bottom, left:right]
        views.append(F.interpolate(part, size=size, mode="bilinear", align_corners=False))
    return torch.cat(views)


@torch.no_grad()
def dropped(pixels: Tensor, maps: Tensor, shares: Tensor) -> Tensor:
    """Each picture with {map >= share of its maximum} set to 0, the mean colour.

    A map that is the same everywhere attends to nothing, and drops nothing.
    """
    attention = enlarged(maps, pixels.shape[-2:])
    highest, lowest = attention.amax((1, 2)), attention.amin((1, 2))
    kept = attention < (shares.to(maps.device) * highest)[:, None, None]
    kept |= (highest <= lowest)[:, None, None]
    return pixels * kept[:, None]


def box(attention: Tensor, share: float, padding: float = 0.0) -> Box:
    """Where a map (height, width) of no negative value reaches the share of its maximum; never empty.

    A map that is the same everywhere gives the whole picture.
    """
    reached = attention >= share * attention.max()  # the maximum itself always does
    down, right = (torch.nonzero(reached.any(dim=axis)).flatten() for axis in (1, 0))
    height, width = attention.shape
    above, beside = int(padding * height), int(padding * width)
    return (
        max(0, int(down[0]) - above),
        min(height, int(down[-1]) + 1 + above),
        max(0, int(right[0]) - beside),
        min(width, int(right[-1]) + 1 + beside),
    )


def enlarged(maps: Tensor, size: torch.Size) -> Tensor:
    """Maps (n, h, w) at the size of the pictures."""
    return F.interpolate(maps[:, None], size=size, mode="bilinear", align_corners=False)[:, 0]
