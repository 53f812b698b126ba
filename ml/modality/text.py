"""Text as one sentence embedding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from ml.modality import weights
from ml.modality.extractor import Extractor, Material, Settings, fingerprint
from ml.types import Array

disable_progress_bar()  # type: ignore[no-untyped-call]  # a worker's log is no terminal

DEFAULT_WEIGHTS = "sentence-transformers/all-MiniLM-L6-v2"
DEFAULT_TOKENS = 128
BATCH = 32


class SentenceExtractor(Extractor):
    """Mean of a sentence encoder's token embeddings, padding masked, L2-normalised (Reimers and Gurevych 2019)."""

    modality = "text"

    def __init__(self, folder: Path, tokens: int, device: str) -> None:
        self.tokens, self.device = tokens, device
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.model: Any = AutoModel.from_pretrained(folder, local_files_only=True).eval().to(device)
        self.dim = int(self.model.config.hidden_size)
        files = [path for part in (weights.FILE, "tokenizer.json") if (path := folder / part).is_file()]
        self.name = f"minilm.v1-{fingerprint({'tokens': tokens}, *files)}"

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """Settings: `weights` (hub name or local folder), `tokens` (longest text)."""
        found = weights.locate(settings.get("weights", DEFAULT_WEIGHTS))
        return cls(found, int(settings.get("tokens", DEFAULT_TOKENS)), device)

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        texts = {i: material.text for i, material in enumerate(materials) if material.text.strip()}
        # Longest first: texts of one length share a batch, so little is padded.
        order = sorted(texts, key=lambda i: -len(texts[i]))
        rows: list[dict[str, Array]] = [{} for _ in materials]
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            for i, row in zip(batch, self._embedded([texts[i] for i in batch]), strict=True):
                rows[i] = {"text": row}
        return rows

    @torch.inference_mode()
    def _embedded(self, texts: list[str]) -> Array:
        tokens = self.tokenizer(texts, padding=True, truncation=True, max_length=self.tokens, return_tensors="pt")
        tokens = tokens.to(self.device)
        hidden = self.model(**tokens).last_hidden_state  # (batch, tokens, dim)
        mask = tokens["attention_mask"][..., None].to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        return np.asarray(torch.nn.functional.normalize(mean, dim=1).float().cpu().numpy())
