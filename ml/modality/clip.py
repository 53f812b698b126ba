"""Frames through CLIP's image tower."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection
from transformers.utils.logging import disable_progress_bar

from ml.layers.backbone import BackboneConfig, normalised
from ml.modality import weights
from ml.modality.extractor import Extractor, Material, MissingWeights, Settings, fingerprint
from ml.modality.frames import batch_of, rows_of
from ml.types import Array

disable_progress_bar()  # type: ignore[no-untyped-call]  # a worker's log is no terminal

DEFAULT_WEIGHTS = "openai/clip-vit-base-patch32"
PREPROCESSOR = "preprocessor_config.json"
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)  # of the published models


class Tower(CLIPVisionModelWithProjection):  # type: ignore[no-untyped-call]
    """The image tower alone. A published file holds the text tower too, and that it is not loaded is no fault."""

    _keys_to_ignore_on_load_unexpected = [r"^text_", r"^logit_scale$"]


class ClipExtractor(Extractor):
    """One row of length 1 a frame, in the space that CLIP shares with texts (Radford et al. 2021).

    Rows have length 1 before a clip's frames are averaged, as in CLIP4Clip's mean pooling (Luo et al. 2021).
    """

    modality = "frames"

    def __init__(self, folder: Path, fps: float, device: str) -> None:
        build: Any = Tower.from_pretrained
        try:
            config = shape(folder)
            self.tower, told = build(folder, config=config, local_files_only=True, output_loading_info=True)
        except (OSError, ValueError, RuntimeError) as reason:
            raise MissingWeights(f"{folder} holds no CLIP that can be read: {reason}") from reason
        if told["missing_keys"]:
            raise MissingWeights(f"{folder} holds no CLIP image tower: it lacks {min(told['missing_keys'])}.")
        self.tower.eval().to(device)
        size, (mean, std) = int(self.tower.config.image_size), colours(folder)
        self.config, self.device = BackboneConfig("clip", size, mean, std, fps), device
        self.dim = int(self.tower.config.projection_dim)
        self.name = f"clip.v1-{fingerprint(asdict(self.config), folder / 'config.json', folder / weights.FILE)}"

    @property
    def decoding(self) -> Mapping[str, Any]:
        return {"size": self.config.size, "fps": self.config.fps}

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """Settings: `weights` (hub name or local folder), `fps`."""
        found = weights.locate(str(settings.get("weights") or DEFAULT_WEIGHTS))
        return cls(found, float(settings.get("fps", 1.0)), device)

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        return rows_of(materials, self._embedded)

    @torch.inference_mode()
    def _embedded(self, frames: NDArray[np.uint8]) -> Array:
        parts, step = [], batch_of(self.config.size, self.device)
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device.startswith("cuda")):
            for start in range(0, len(frames), step):
                pixels = normalised(frames[start : start + step], self.config, self.device)
                parts.append(self.tower(pixel_values=pixels).image_embeds.float())
        return np.asarray(functional.normalize(torch.cat(parts), dim=-1).cpu().numpy())


def shape(folder: Path) -> CLIPVisionConfig:
    """The tower's; a file of the whole model says for both towers how wide the space is that they share."""
    config = CLIPVisionConfig.from_pretrained(folder, local_files_only=True)
    whole = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config.projection_dim = int(whole.get("projection_dim", config.projection_dim))
    return config


def colours(folder: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of the pictures it was trained on: its preprocessor's, else those of the published models."""
    file = folder / PREPROCESSOR
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return tuple(told.get("image_mean", MEAN)), tuple(told.get("image_std", STD))
