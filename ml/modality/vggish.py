"""Sound through VGGish: one embedding per 0.96 s, through PCA and 8 bits as released with AudioSet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from ml.layers import embedding_codes
from ml.layers.embedding_codes import EmbeddingCodes
from ml.layers.vggish import Vggish, VggishConfig
from ml.modality import logmel, weights
from ml.modality.extractor import Extractor, Material, MissingWeights, Settings, fingerprint
from ml.types import Array

CONFIG, CODES = "config.json", "pca.safetensors"
CPU_BATCH, CUDA_BATCH = 16, 512
FLAT = 1e-6  # an example whose bands never differ is silence


def save(network: Vggish, codes: EmbeddingCodes | None, folder: Path) -> None:
    """Write config.json, model.safetensors and pca.safetensors; an existing folder is an error."""
    folder.mkdir(parents=True)
    (folder / CONFIG).write_text(json.dumps(asdict(network.config), indent=2))
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / weights.FILE)
    if codes is not None:
        codes.save(folder / CODES)


def load(folder: Path) -> tuple[Vggish, EmbeddingCodes | None]:
    """The network of a folder, and its codes where it has them. Without config.json it is the published one.

    Raises MissingWeights when the file does not fit.
    """
    path = folder / CONFIG
    values = json.loads(path.read_text()) if path.is_file() else {}
    config = (
        VggishConfig(**values | {"channels": tuple(values["channels"])}) if "channels" in values else VggishConfig()
    )
    network, file = Vggish(config), folder / weights.FILE
    try:
        network.load_state_dict(load_file(file))
    except RuntimeError as reason:
        raise MissingWeights(f"{file} does not fit VGGish with {config}: {reason}") from reason
    return network.eval(), EmbeddingCodes.load(folder / CODES) if (folder / CODES).is_file() else None


class VggishExtractor(Extractor):
    """One row per 0.96 s, whitened and rounded to 8 bits (as floats again); silence is a row of zeros.

    Sound shorter than one example has no rows.
    """

    modality = "sound"

    def __init__(self, folder: Path, device: str) -> None:
        network, self.codes = load(folder)
        self.device = device
        self.network: nn.Module = network.to(device).to(memory_format=torch.channels_last)
        self.dim = network.config.dim
        files = [file for part in (weights.FILE, CODES) if (file := folder / part).is_file()]
        self.name = f"vggish.v1-{fingerprint(asdict(network.config), *files)}"

    @property
    def decoding(self) -> Mapping[str, Any]:
        return {"rate": logmel.RATE}

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """Settings: `weights`, which is "bundle" (trained with the stack), a local folder or a hub name."""
        source = str(settings.get("weights") or weights.BUNDLED)
        if source != weights.BUNDLED:
            return cls(weights.locate(source), device)
        if folder is None or not (folder / weights.FILE).is_file():
            raise MissingWeights("The stack's sound network has not been trained yet: train the stack.")
        return cls(folder, device)

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        rows: list[dict[str, Array]] = [{} for _ in materials]
        heard = {i: logmel.examples(sound) for i, m in enumerate(materials) if (sound := m.sound) is not None}
        heard = {i: examples for i, examples in heard.items() if len(examples)}
        if not heard:
            return rows
        ends = np.cumsum([len(examples) for examples in heard.values()])
        embedded = self.rows(np.concatenate(list(heard.values())))
        for i, part in zip(heard, np.split(embedded, ends[:-1]), strict=True):
            rows[i] = {"sound": part}
        return rows

    def rows(self, examples: Array) -> Array:
        """(n, 96, 64) log-mel -> (n, dim)."""
        rows = embed(self.network, examples, self.device)
        if self.codes is not None:
            rows = embedding_codes.decode(self.codes.encode(rows))
        silent = np.ptp(examples, axis=(1, 2)) <= FLAT
        rows[silent] = 0.0
        return rows


@torch.inference_mode()
def embed(network: nn.Module, examples: Array, device: str) -> Array:
    """(n, 96, 64) -> (n, dim), the network in eval mode and on `device`."""
    cuda = device.startswith("cuda")
    step, parts = CUDA_BATCH if cuda else CPU_BATCH, []
    with torch.autocast("cuda", torch.bfloat16, enabled=cuda):
        for start in range(0, len(examples), step):
            batch = torch.from_numpy(examples[start : start + step]).to(device)
            parts.append(network(batch).float().cpu())
    return np.asarray(torch.cat(parts).numpy())
