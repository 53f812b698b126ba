"""Image backbones of timm: how they are made, what pictures they expect, how they are kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from timm.data.config import resolve_data_config
from torch import Tensor, nn

CONFIG, FILE = "config.json", "model.safetensors"


@dataclass(frozen=True)
class BackboneConfig:
    """A timm backbone and the pictures it expects; a wrong mean or std is the commonest silent error."""

    model: str
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    fps: float = 1.0

    @classmethod
    def of(cls, model: str, size: int | None = None, fps: float = 1.0) -> Self:
        """With timm's own data config for the model; `size` overrides its resolution."""
        pretrained: Any = timm.get_pretrained_cfg(model)
        if pretrained is None:
            raise ValueError(f"timm knows no model {model!r}")
        data = resolve_data_config({}, pretrained_cfg=pretrained.to_dict())  # type: ignore[no-untyped-call]
        return cls(model, size or int(data["input_size"][-1]), tuple(data["mean"]), tuple(data["std"]), fps)


def network(model: str) -> Any:
    """The backbone without a classifier: (batch, 3, size, size) -> (batch, dim). Weights are random."""
    return timm.create_model(model, pretrained=False, num_classes=0)


def normalised(frames: NDArray[np.uint8], config: BackboneConfig, device: str) -> Tensor:
    """uint8 (n, size, size, 3) -> float (n, 3, size, size), as the backbone was trained."""
    count, height, width, _ = frames.shape
    # Over whole lines of pixels: a loop over the three channels of each pixel takes five times as long.
    spread = torch.tensor(config.std, device=device).repeat(width) * 255
    centre = torch.tensor(config.mean, device=device).repeat(width) * 255
    lines = torch.from_numpy(np.ascontiguousarray(frames)).to(device).view(count, height, width * 3).float()
    return lines.sub_(centre).div_(spread).view(count, height, width, 3).permute(0, 3, 1, 2)


def save(backbone: nn.Module, config: BackboneConfig, folder: Path) -> None:
    """Write config.json and model.safetensors; an existing folder is an error: artefacts never change."""
    folder.mkdir(parents=True)
    (folder / CONFIG).write_text(json.dumps(asdict(config), indent=2))
    save_file({name: value.contiguous() for name, value in backbone.state_dict().items()}, folder / FILE)


def load_config(folder: Path) -> BackboneConfig:
    values = json.loads((folder / CONFIG).read_text())
    return BackboneConfig(**values | {"mean": tuple(values["mean"]), "std": tuple(values["std"])})


def start(backbone: nn.Module, model: str, folder: Path) -> bool:
    """Give the backbone the weights that `save` wrote to `folder`; False for those of another model."""
    if load_config(folder).model != model:
        return False
    backbone.load_state_dict(load_file(folder / FILE))
    return True
