"""Two views of the same thing shall agree whatever a platform did to them.

Crop, mirror, colour, grey and blur are the augmentation of MoCo v2 (Chen et al. 2020, after SimCLR). Black borders and
logos are what short videos carry: a network that is not shown them takes them for what the video is about.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

SHARES = {"colour": 0.8, "grey": 0.2, "blur": 0.5, "border": 0.3, "logo": 0.3}  # of the pictures
LUMA = (0.299, 0.587, 0.114)
WIDEST_BORDER, LARGEST_LOGO = 0.25, 0.3  # of the side


def viewed(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """A random view of each picture: (n, 3, size, size) in [0, 1] -> the same shape."""
    pictures = logos(borders(pictures, draw), draw)
    pictures = cropped(pictures, draw)
    pictures = _some("colour", coloured, pictures, draw)
    pictures = _some("grey", grey, pictures, draw)
    return _some("blur", blurred, pictures, draw)


def cropped(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """20 to 100 % of the area at 3:4 to 4:3, as large as the picture was, mirrored or not."""
    count = len(pictures)
    area, ratio = _uniform(draw, 0.2, 1.0, count), torch.exp(_uniform(draw, math.log(3 / 4), math.log(4 / 3), count))
    wide, high = (area * ratio).sqrt().clamp(max=1.0), (area / ratio).sqrt().clamp(max=1.0)
    right, down = _uniform(draw, -1.0, 1.0, count) * (1 - wide), _uniform(draw, -1.0, 1.0, count) * (1 - high)
    mirror, zero = torch.sign(_uniform(draw, -1.0, 1.0, count)), torch.zeros(count)
    moves = torch.stack([torch.stack([wide * mirror, zero, right], 1), torch.stack([zero, high, down], 1)], dim=1)
    grid = F.affine_grid(moves, list(pictures.shape), align_corners=False).to(pictures.device)
    return F.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)


def coloured(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Brightness, contrast and saturation by up to 40 %, hue by up to a tenth of the circle."""
    count = len(pictures)
    light, contrast, colour = (_uniform(draw, 0.6, 1.4, count, 1, 1, 1).to(pictures.device) for _ in range(3))
    pictures = pictures * light
    middle = grey(pictures).mean((1, 2, 3), keepdim=True)
    pictures = (pictures - middle) * contrast + middle
    pale = grey(pictures)
    pictures = (pictures - pale) * colour + pale
    return turned(pictures, _uniform(draw, -0.1, 0.1, count)).clamp(0.0, 1.0)


def turned(pictures: Tensor, hue: Tensor) -> Tensor:
    """Hue turned by so much of the circle (n,), about the grey axis: luminance of grey stays."""
    angle = 2 * math.pi * hue.to(pictures.device)
    cos, sin = angle.cos()[:, None, None], angle.sin()[:, None, None]
    axis = torch.full((3, 3), 1 / 3, device=pictures.device)
    cross = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=pictures.device) / math.sqrt(3)
    matrix = cos * torch.eye(3, device=pictures.device) + (1 - cos) * axis + sin * cross  # Rodrigues' rotation
    return torch.einsum("nij,njhw->nihw", matrix, pictures)


def grey(pictures: Tensor, draw: torch.Generator | None = None) -> Tensor:
    """Luminance in all three channels."""
    weights = torch.tensor(LUMA, device=pictures.device)[None, :, None, None]
    return (pictures * weights).sum(1, keepdim=True).expand_as(pictures)


def blurred(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """A Gaussian of 0.1 to 2 pixels, for a picture of 224 pixels; of a smaller one proportionally."""
    count, channels, height, width = pictures.shape
    scale = height / 224
    radius = max(1, math.ceil(4 * scale))
    sigma = _uniform(draw, 0.1, 2.0, count) * scale
    places = torch.arange(-radius, radius + 1.0)
    kernel = torch.exp(-(places**2) / (2 * sigma[:, None] ** 2).clamp(min=1e-4))
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0).to(pictures.device)
    flat = F.pad(pictures.reshape(1, count * channels, height, width), (radius,) * 4, mode="reflect")
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=count * channels)
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=count * channels)
    return flat.view_as(pictures)


def borders(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Some pictures get black bars: above and below, or left and right."""
    size = pictures.shape[-1]
    hit = _uniform(draw, 0.0, 1.0, len(pictures)) < SHARES["border"]
    width = (_uniform(draw, 0.05, WIDEST_BORDER, len(pictures)) * size).round()
    place = torch.arange(size)[None]
    bar = (place < width[:, None]) | (place >= size - width[:, None])  # (n, size)
    upright = _uniform(draw, 0.0, 1.0, len(pictures)) < 0.5
    bars = torch.where(upright[:, None, None], bar[:, None, :], bar[:, :, None])
    hidden = (bars & hit[:, None, None]).to(pictures.device)
    return pictures.masked_fill(hidden[:, None], 0.0)


def logos(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Some pictures get a rectangle of one colour in one of the corners."""
    count, _, height, width = pictures.shape
    hit = _uniform(draw, 0.0, 1.0, count) < SHARES["logo"]
    sides = _uniform(draw, 0.1, LARGEST_LOGO, 2, count)
    down, right = torch.arange(height) / height, torch.arange(width) / width
    corner = torch.randint(4, (count,), generator=draw)
    rows = _near(down, sides[0], corner % 2 == 0)
    columns = _near(right, sides[1], corner // 2 == 0)
    hidden = (rows[:, :, None] & columns[:, None, :] & hit[:, None, None]).to(pictures.device)
    colour = _uniform(draw, 0.0, 1.0, count, 3, 1, 1).to(pictures.device)
    return torch.where(hidden[:, None], colour, pictures)


def _near(places: Tensor, side: Tensor, first: Tensor) -> Tensor:
    """(n, places) whether a place lies in a strip of this share, at the beginning or at the end; 3 % from the edge."""
    from_edge = torch.where(first[:, None], places[None], 1 - places[None])
    return (from_edge >= 0.03) & (from_edge < 0.03 + side[:, None])


def _some(name: str, change: object, pictures: Tensor, draw: torch.Generator) -> Tensor:
    hit = (_uniform(draw, 0.0, 1.0, len(pictures)) < SHARES[name]).to(pictures.device)
    assert callable(change)
    return torch.where(hit[:, None, None, None], change(pictures, draw), pictures)


def _uniform(draw: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=draw) * (high - low) + low
