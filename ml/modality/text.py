"""Text as one sentence embedding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModel, AutoTokenizer
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from ml.modality import weights
from ml.modality.extractor import Extractor, Material, Settings, fingerprint
from ml.types import Array

disable_progress_bar()  # type: ignore[no-untyped-call]  # a worker's log is no terminal
set_verbosity_error()  # type: ignore[no-untyped-call]  # else it lists the heads of pretraining, unused here

DEFAULT_WEIGHTS = "sentence-transformers/all-MiniLM-L6-v2"
DEFAULT_TOKENS = 128
CPU_BATCH, CUDA_BATCH = 16, 256  # sorted by length, small CPU batches hold hardly any padding

# What an encoder was taught to read before each text. E5 (Wang et al. 2024) says which of two texts asks; for vectors
# that are features, or compared with each other, its authors say "query: " everywhere.
PREFIXES = {f"intfloat/multilingual-e5-{size}": "query: " for size in ("small", "base", "large")}


class SentenceExtractor(Extractor):
    """Mean of a sentence encoder's token embeddings, padding masked, L2-normalised (Reimers and Gurevych 2019)."""

    modality = "text"
    registered: ClassVar[str] = "minilm.v1"

    def __init__(self, folder: Path, tokens: int | None, device: str, prefix: str = "") -> None:
        self.device, self.prefix = device, prefix
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, dtype="auto")
        self.model: Any = _single(model).eval().to(device)
        self.dim = int(self.model.config.hidden_size)
        most = int(self.model.config.max_position_embeddings)
        self.tokens = tokens = min(tokens or most, most)  # further places were never learned
        files = [path for part in (weights.FILE, "tokenizer.json") if (path := folder / part).is_file()]
        settings = {"tokens": tokens} | ({"prefix": prefix} if prefix else {})
        self.name = f"{self.registered}-{fingerprint(settings, *files)}"

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """Settings: `weights` (hub name or local folder), `tokens` (longest text), `prefix` (else as `PREFIXES`)."""
        name = settings.get("weights", DEFAULT_WEIGHTS)
        prefix = settings.get("prefix", PREFIXES.get(name, ""))
        return cls(weights.locate(name), int(settings.get("tokens", DEFAULT_TOKENS)), device, prefix)

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        texts = {i: self.prefix + material.text for i, material in enumerate(materials) if material.text.strip()}
        rows: list[dict[str, Array]] = [{} for _ in materials]
        if not texts:
            return rows
        tokens = dict(zip(texts, self._tokens(list(texts.values())), strict=True))
        # Longest first: texts of one length share a batch, so little is padded.
        order = sorted(texts, key=lambda i: -len(tokens[i]))
        step = CUDA_BATCH if self.device.startswith("cuda") else CPU_BATCH
        for start in range(0, len(order), step):
            batch = order[start : start + step]
            for i, row in zip(batch, self._embedded([tokens[i] for i in batch]), strict=True):
                rows[i] = {"text": row}
        return rows

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        told = self.tokenizer(
            texts, truncation=True, max_length=self.tokens, return_attention_mask=False, return_token_type_ids=False
        )
        ids: list[list[int]] = told["input_ids"]
        return ids

    @torch.inference_mode()
    def _embedded(self, tokens: list[list[int]]) -> Array:
        padding = self.tokenizer.pad_token_id or 0
        ids = pad_sequence([torch.tensor(row) for row in tokens], batch_first=True, padding_value=padding)
        lengths = torch.tensor([len(row) for row in tokens])
        mask = torch.arange(ids.shape[1])[None, :] < lengths[:, None]  # (batch, tokens)
        ids, mask = ids.to(self.device), mask.to(self.device)
        hidden = self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state  # (batch, tokens, dim)
        shown = mask[..., None].to(hidden.dtype)
        mean = (hidden * shown).sum(1) / shown.sum(1).clamp(min=1.0)
        return np.asarray(torch.nn.functional.normalize(mean, dim=1).float().cpu().numpy())


def _single(model: Any) -> Any:
    """Weights kept in half precision, computed with in single precision.

    The table of words stays as it is, rows are converted as they are looked up: of 250,000 words it would take 200 MB
    more in each process.
    """
    words = model.get_input_embeddings()
    if words.weight.dtype == torch.float32:
        return model
    table, words.weight.data = words.weight.data, torch.empty(0)
    model.float()
    words.weight.data = table
    words.register_forward_hook(lambda _module, _ids, rows: rows.float())
    return model
