"""Frames through an image backbone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from ml.layers.backbone import BackboneConfig, load_config, network, normalised, save
from ml.modality import weights
from ml.modality.extractor import Extractor, Material, MissingWeights, Settings, fingerprint
from ml.types import Array

__all__ = ["BackboneConfig", "FrameExtractor", "batch_of", "load_config", "network", "normalised", "rows_of", "save"]

CUDA_BATCH = 128
CPU_PIXELS, CPU_BATCH = 8 * 224 * 224, 16  # pixels and pictures a batch: with more of them activations leave the cache


class FrameExtractor(Extractor):
    """One row a frame from any timm backbone (num_classes=0, global average pooling)."""

    modality = "frames"

    def __init__(self, config: BackboneConfig, file: Path, device: str) -> None:
        self.config, self.device = config, device
        self.backbone = network(config.model)
        # Published files hold the classifier too, which the backbone does not have; anything else must fit.
        missing, _ = self.backbone.load_state_dict(load_file(file), strict=False)
        if missing:
            raise MissingWeights(f"{file} does not fit the backbone {config.model}: it lacks {missing[0]}.")
        # Decoded frames lie channels-last already; a backbone that does too is a quarter faster.
        self.backbone.eval().to(device, memory_format=torch.channels_last)
        self.dim = int(getattr(self.backbone, "head_hidden_size", None) or self.backbone.num_features)
        self.name = f"timm.v1-{fingerprint(asdict(config), file)}"

    @property
    def decoding(self) -> Mapping[str, Any]:
        return {"size": self.config.size, "fps": self.config.fps}

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """Settings: `model` (timm name), `size`, `fps`, `weights`.

        `weights` is "bundle" (trained with the stack), a local folder or safetensors file, a hub name, or left out
        for timm's own pretrained weights of `model`.
        """
        source = str(settings.get("weights") or f"timm/{settings['model']}")
        if source == weights.BUNDLED:
            if folder is None or not (folder / weights.FILE).is_file():
                raise MissingWeights("The stack's image backbone has not been trained yet: train the stack.")
            return cls(load_config(folder), folder / weights.FILE, device)
        config = BackboneConfig.of(settings["model"], settings.get("size"), float(settings.get("fps", 1.0)))
        path = Path(source)
        return cls(config, path if path.is_file() else weights.locate(source) / weights.FILE, device)

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        return rows_of(materials, self._embedded)

    @torch.inference_mode()
    def _embedded(self, frames: NDArray[np.uint8]) -> Array:
        parts, step = [], batch_of(self.config.size, self.device)
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device.startswith("cuda")):
            for start in range(0, len(frames), step):
                batch = normalised(frames[start : start + step], self.config, self.device)
                parts.append(self.backbone(batch).float().cpu())
        return np.asarray(torch.cat(parts).numpy())


def rows_of(materials: Sequence[Material], embedded: Callable[[NDArray[np.uint8]], Array]) -> list[dict[str, Array]]:
    """One row a frame; frames of many clips share the batches of `embedded`."""
    rows: list[dict[str, Array]] = [{} for _ in materials]
    clips = {i: frames for i, material in enumerate(materials) if (frames := material.frames) is not None}
    if not clips:
        return rows
    ends = np.cumsum([len(clip) for clip in clips.values()])
    for i, part in zip(clips, np.split(embedded(np.concatenate(list(clips.values()))), ends[:-1]), strict=True):
        times = materials[i].times
        rows[i] = {"frames": part} if times is None else {"frames": part, "frame_times": times}
    return rows


def batch_of(size: int, device: str) -> int:
    """Pictures that are embedded together."""
    return CUDA_BATCH if device.startswith("cuda") else min(CPU_BATCH, max(8, CPU_PIXELS // size**2))
