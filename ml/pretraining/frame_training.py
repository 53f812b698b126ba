"""Training a backbone on unlabelled frames: momentum contrast or SimCLR, with the stack's own descent."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.layers.backbone import BackboneConfig, network
from ml.layers.descent import DescentConfig, descend
from ml.layers.momentum_contrast import ContrastConfig, MomentumContrast
from ml.layers.projection import Projected
from ml.layers.simclr import normalised_temperature_loss
from ml.parts import Step
from ml.pretraining.clip_frames import ClipFrames
from ml.pretraining.frame_settings import FrameSettings
from ml.pretraining.frame_views import viewed

DIM = 128


def learn(frames: ClipFrames, settings: FrameSettings, step: Step, device: str = "cpu") -> Any:
    """The backbone after so many steps; the same frames and settings give the same weights (on one device)."""
    torch.manual_seed(settings.seed)
    config = BackboneConfig.of(settings.model, settings.size)
    backbone = network(settings.model)
    with torch.inference_mode():
        width = backbone.eval()(torch.zeros(1, 3, settings.size, settings.size)).shape[1]
    batch = min(settings.batch, len(frames.groups))
    model = _model(Projected(backbone, width, DIM), settings).to(device)

    def loss(groups: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        random = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
        one, other = (_seen(frames, rows, config, generator, device) for rows in frames.pairs(groups, random))
        if isinstance(model, MomentumContrast):
            order = torch.randperm(len(groups), generator=generator).to(device)
            return model.loss(one, other, torch.from_numpy(groups).to(device), order)
        projected = model(torch.cat([one, other]))  # all views together: no group's statistics tell who belongs to whom
        first, second = projected.chunk(2)
        return normalised_temperature_loss(first, second, settings.temperature)

    plan = DescentConfig(0, settings.steps, batch, settings.rate, settings.decay, settings.seed, whole=True)
    descend(model, len(frames.groups), loss, plan, step)
    return backbone.cpu()


def _model(encoder: Projected, settings: FrameSettings) -> nn.Module:
    if settings.method == "simclr":
        return encoder
    return MomentumContrast(encoder, ContrastConfig(DIM, settings.queue, settings.momentum, settings.temperature))


def _seen(
    frames: ClipFrames, rows: NDArray[np.int64], config: BackboneConfig, draw: torch.Generator, device: str
) -> Tensor:
    """Random views of some frames, coloured as the backbone expects."""
    pixels = torch.from_numpy(np.ascontiguousarray(frames.pictures[rows])).to(device).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(values, device=device)[None, :, None, None] for values in (config.mean, config.std))
    return (viewed(pixels, draw) - mean) / std
