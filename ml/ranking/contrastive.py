"""Ranking by two towers: a video and a tag are near each other when the tag is true (NetEase's scorer)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ml.layers import accelerator
from ml.layers.contrastive_loss import contrastive_loss
from ml.layers.descent import DescentConfig, descend
from ml.layers.fusion import Fusion, FusionConfig
from ml.layers.grams import GramTable
from ml.layers.inputs import Inputs, widths
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Config, Step, TrainingSet, read_config, write_config
from ml.ranking.candidates import CandidatePool
from ml.ranking.negatives import Negatives
from ml.types import Array, Features, Vocabulary

_BLOCK = 1024  # videos at once


class TwoTowers(nn.Module):
    """logit(v, t) = cos(video, tag) / temperature + bias_t."""

    def __init__(self, fusion: FusionConfig, names: Tensor, temperature: float) -> None:
        super().__init__()
        tags, width = names.shape
        self.temperature = temperature
        self.fusion = Fusion(fusion)
        self.video = nn.Linear(fusion.dim, fusion.dim)
        self.name = nn.Parameter(torch.randn(fusion.dim, width) * max(width, 1) ** -0.5)
        self.delta = nn.Parameter(torch.randn(tags, fusion.dim) * 0.02)  # what the name does not say
        self.bias = nn.Parameter(torch.zeros(tags))
        self.names: Tensor
        self.register_buffer("names", names)

    def videos(self, inputs: Inputs) -> Tensor:
        return F.normalize(self.video(self.fusion(inputs)), dim=-1)  # (videos, dim)

    def tags(self, columns: Tensor) -> Tensor:
        return F.normalize(self.names[columns] @ self.name.T + self.delta[columns], dim=-1)  # (columns, dim)

    def forward(self, inputs: Inputs, columns: Tensor) -> Tensor:
        cosine = self.videos(inputs) @ self.tags(columns).T  # (videos, columns)
        return cosine / self.temperature + self.bias[columns]


@dataclass(frozen=True)
class ContrastiveSettings:
    """The stack's settings of this ranker."""

    dim: int = 128
    dropout: float = 0.3
    modality_dropout: float = 0.15
    temperature: float = 0.07
    random: int = 400
    proposed_weight: float = 0.5
    rejected_weight: float = 1.0
    epochs: int = 6
    least_steps: int = 200  # a handful of videos still gets a full training
    batch: int = 64
    rate: float = 5e-3
    seed: int = 0


class ContrastiveRanker:
    """Scores only candidates, so its cost does not grow with the number of tags."""

    def __init__(self, vocabulary: Vocabulary, model: TwoTowers, table: GramTable, device: str = "cpu") -> None:
        self.vocabulary, self.table, self.device = vocabulary, table, device
        self.model = model.to(device).eval()

    @classmethod
    def train(
        cls, data: TrainingSet, pool: CandidatePool, config: Config, *, step: Step, warm: Self | None = None
    ) -> Self:
        settings = ContrastiveSettings(**config)
        device = accelerator.name()
        torch.manual_seed(settings.seed)
        table = GramTable.count([item.video.text() for item in data.features])
        shape = FusionConfig(widths(data.features), len(table), settings.dim, settings.dropout)
        model = TwoTowers(shape, torch.from_numpy(data.names), settings.temperature)
        ranker = cls(data.vocabulary, model, table, device)
        if warm is not None:
            ranker._take_over(warm)
        ranker._learn(data, pool, settings, step)
        return ranker

    def _learn(self, data: TrainingSet, pool: CandidatePool, settings: ContrastiveSettings, step: Step) -> None:
        inputs = Inputs.collate(data.features, self.model.fusion.config.widths, self.table).to(self.device)
        negatives = Negatives(settings.random, 1.0, settings.proposed_weight, settings.rejected_weight)
        proposed = pool.matrix(len(data.vocabulary))

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            draw = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
            columns, positive, weight = negatives.sample(rows, data, proposed, draw)
            videos = inputs.rows(rows).dropped(settings.modality_dropout, generator)
            logits = self.model(videos, torch.from_numpy(columns).to(self.device))
            return contrastive_loss(logits, *(torch.from_numpy(m).to(self.device) for m in (positive, weight)))

        descent = DescentConfig(
            settings.epochs, settings.least_steps, settings.batch, settings.rate, seed=settings.seed
        )
        descend(self.model, len(data), loss, descent, step)

    def _take_over(self, warm: Self) -> None:
        tags = shared_rows(self.vocabulary.ids, warm.vocabulary.ids)
        grams = shared_rows(self.table.hashes.tolist(), warm.table.hashes.tolist())
        frozen = (torch.zeros(0, dtype=torch.long),) * 2  # names may have been edited: keep the new
        rows = {"delta": tags, "bias": tags, "fusion.bag.weight": grams, "names": frozen}
        take_over(self.model, warm.model, rows)

    @torch.inference_mode()
    def score(self, features: Sequence[Features], pool: CandidatePool) -> Array:
        """(pairs,) logits."""
        scores = np.zeros(len(pool), np.float32)
        for start in range(0, len(features), _BLOCK):
            inputs = Inputs.collate(features[start : start + _BLOCK], self.model.fusion.config.widths, self.table)
            first, last = np.searchsorted(pool.video, [start, start + _BLOCK])
            columns, place = np.unique(pool.column[first:last], return_inverse=True)
            tags = torch.from_numpy(columns).to(self.device)
            videos = self.model.videos(inputs.to(self.device))[torch.from_numpy(pool.video[first:last] - start)]
            cosine = (videos * self.model.tags(tags)[torch.from_numpy(place)]).sum(dim=-1)  # (pairs,)
            logits = cosine / self.model.temperature + self.model.bias[tags][torch.from_numpy(place)]
            scores[first:last] = logits.cpu().numpy()
        return scores

    def save(self, folder: Path) -> None:
        config = {"fusion": asdict(self.model.fusion.config), "temperature": self.model.temperature}
        write_config(folder, config | {"tags": list(self.vocabulary.ids)})
        table = {"table.hashes": torch.from_numpy(self.table.hashes), "table.idf": torch.from_numpy(self.table.idf)}
        state = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        save_file(state | table, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config, tensors = read_config(folder), load_file(folder / "model.safetensors")
        if tuple(config["tags"]) != vocabulary.ids:
            raise ValueError(f"{folder} was trained for another vocabulary")
        table = GramTable(tensors.pop("table.hashes").numpy(), tensors.pop("table.idf").numpy())
        model = TwoTowers(FusionConfig(**config["fusion"]), torch.zeros_like(tensors["names"]), config["temperature"])
        model.load_state_dict(tensors)
        return cls(vocabulary, model, table, device)
