"""Training an image backbone on the stack's own frames, for machines where no pretrained weights can be had.

Plain supervised multi-label training: every frame of a reviewed clip should predict the clip's tags. The classifier
is thrown away afterwards; what stays is a backbone whose frames of one scene lie close together.

What suits is timm's smallest ResNet (test_resnet) at 96 pixels. On drawn scenes (24 kinds, 48 clips to learn from, 72
others to recognise by their nearest neighbour; chance 0.04) it reached 0.85, untrained 0.53, in 47 s on one busy core.
At 112 pixels and half the steps it reached 0.76 where test_byobnet had 0.61, test_nfnet 0.60, test_convnext 0.44.
MobileNetV3 and LCNet (0.43 and 0.28 on a like set) learn too little in so few steps, ResNet-10-T is three times slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ml.layers.backbone import BackboneConfig, network, normalised, save, start
from ml.layers.descent import DescentConfig, descend
from ml.modality.attention_training import AttentionTagger
from ml.parts import Step, silent
from ml.types import Array


class PlainTagger(nn.Module):
    """(pictures, 3, size, size) -> (pictures, tags), logits. Only the backbone is kept after the training."""

    def __init__(self, backbone: Any, tags: int, size: int) -> None:
        super().__init__()
        self.backbone = backbone
        with torch.inference_mode():
            width = backbone.eval()(torch.zeros(1, 3, size, size)).shape[1]
        self.head = nn.Linear(width, tags)

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.head(self.backbone(pixels))
        return logits

    def loss(self, pixels: Tensor, target: Tensor, balance: Tensor, draw: torch.Generator) -> Tensor:
        return functional.binary_cross_entropy_with_logits(self(pixels), target, pos_weight=balance)

    @torch.inference_mode()
    def judged(self, pixels: Tensor) -> Tensor:
        """(pictures, tags): logits."""
        logits: Tensor = self(pixels)
        return logits


TAGGERS: dict[str, type[PlainTagger] | type[AttentionTagger]] = {"plain": PlainTagger, "attention": AttentionTagger}


@dataclass(frozen=True)
class Schedule:
    """How long and how hard to train; the defaults take a minute on one CPU thread."""

    steps: int = 200  # at least so many, however few the frames are
    epochs: int = 2  # and at least so many passes, however many they are
    batch: int = 32
    rate: float = 4e-3  # peak learning rate of AdamW, warmed up over the first tenth, then a cosine
    decay: float = 0.05
    seed: int = 0
    augmentation: str = "plain"  # or "attention": crops and drops of what is attended to besides, three times the work

    def __post_init__(self) -> None:
        if self.augmentation not in TAGGERS:
            raise ValueError(f"unknown augmentation {self.augmentation!r}; known: {', '.join(sorted(TAGGERS))}")


def train(
    frames: NDArray[np.uint8],
    targets: Array,
    out: Path,
    *,
    config: BackboneConfig,
    schedule: Schedule = Schedule(),
    warm: Path | None = None,
    step: Step = silent,
    device: str = "cpu",
) -> None:
    """Train on frames (n, size, size, 3) with multi-hot targets (n, tags) and save the backbone to `out`.

    `warm` is the folder of an earlier backbone of the same model to go on from. An exception raised by `step` ends
    the training; `out` then does not exist. The same input and seed give the same weights (on one device).
    Raises ValueError without frames.
    """
    if not len(frames):
        raise ValueError("there are no frames to train on")
    model = fitted(frames, targets, config=config, schedule=schedule, warm=warm, step=step, device=device)
    save(model.backbone.cpu(), config, out)


def fitted(
    frames: NDArray[np.uint8],
    targets: Array,
    *,
    config: BackboneConfig,
    schedule: Schedule = Schedule(),
    warm: Path | None = None,
    step: Step = silent,
    device: str = "cpu",
) -> PlainTagger | AttentionTagger:
    """The trained backbone with the classifier that is thrown away afterwards."""
    torch.manual_seed(schedule.seed)
    backbone = network(config.model)
    if warm is not None:
        start(backbone, config.model, warm)
    model = TAGGERS[schedule.augmentation](backbone, targets.shape[1], config.size).to(device)
    wanted = torch.from_numpy(np.asarray(targets, np.float32))
    balance = _balance(wanted).to(device)

    def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        pixels = augmented(normalised(frames[rows], config, device), generator)
        return model.loss(pixels, wanted[torch.from_numpy(rows)].to(device), balance, generator)

    descent = DescentConfig(
        schedule.epochs, schedule.steps, schedule.batch, schedule.rate, schedule.decay, schedule.seed, 0.0, whole=True
    )
    descend(model, len(frames), loss, descent, step)
    return model


def augmented(pixels: Tensor, draw: torch.Generator) -> Tensor:
    """Random crop of 60-100 % of the side, mirroring, brightness and colour cast; (n, 3, size, size), normalised."""
    count = len(pixels)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(count, *shape, generator=draw) * (high - low) + low

    scale = uniform(0.6, 1.0)
    flip = torch.sign(uniform(-1.0, 1.0))
    shift = uniform(-1.0, 1.0, 2) * (1 - scale)[:, None]
    zero = torch.zeros(count)
    moves = torch.stack(
        [torch.stack([scale * flip, zero, shift[:, 0]], 1), torch.stack([zero, scale, shift[:, 1]], 1)], dim=1
    )
    grid = functional.affine_grid(moves, list(pixels.shape), align_corners=False).to(pixels.device)
    cropped = functional.grid_sample(pixels, grid, padding_mode="reflection", align_corners=False)
    gain, cast = uniform(0.7, 1.3, 1, 1, 1), uniform(-0.2, 0.2, 3, 1, 1)
    return cropped * gain.to(pixels.device) + cast.to(pixels.device)


def _balance(wanted: Tensor) -> Tensor:
    """Weight of a tag's positives: few tags hold of a frame, and without it the network learns to say no."""
    positives = wanted.sum(0).clamp(min=1.0)
    return ((len(wanted) - positives) / positives).sqrt().clamp(max=10.0)
