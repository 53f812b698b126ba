"""Ranking by two towers, the video's with NeXtVLAD over frames and sound (NetEase's contrastive ranker).

InfoNCE with several positives, drawn negatives that stand for all, and hard ones of two hops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ml.layers import accelerator
from ml.layers.contrastive_loss import contrastive_loss
from ml.layers.descent import DescentConfig, descend
from ml.layers.grams import GramTable
from ml.layers.tokens import TokenTable
from ml.layers.video_reader import Reader
from ml.layers.video_tower import Read, TagTower, VideoTower, VideoTowerConfig
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Config, Step, TrainingSet, read_config, write_config
from ml.ranking.candidates import CandidatePool
from ml.ranking.first_scorer import FirstScorer
from ml.ranking.sampling import Sampler, SamplerSettings
from ml.ranking.two_hops import Guards, TwoHops
from ml.types import Array, Features, Vocabulary

_BLOCK = 256  # videos at once


@dataclass(frozen=True)
class NextVladSettings:
    """The stack's settings of this ranker."""

    dim: int = 128
    clusters: int = 16
    groups: int = 8
    dropout: float = 0.3
    modality_dropout: float = 0.15
    bert: Mapping[str, Any] | None = None  # settings of BertConfig; TinyBERT has hidden_size 312 and 4 layers
    sentences: bool = True  # the cached sentence embedding is read (beside BERT, if there is one)
    longest: int = 64  # tokens that BERT reads
    most: int = 16  # frames, and examples of sound, that are read
    temperature: float = 0.07
    negatives: int = 400
    hard: float = 0.3
    in_batch: bool = True
    proposed: float = 0.5
    likely: float = 0.6
    margin: float | None = 0.95
    epochs: int = 6
    least_steps: int = 200  # a handful of videos still gets a full training
    batch: int = 64
    rate: float = 3e-3
    seed: int = 0


class Towers(nn.Module):
    """logit(v, t) = cos(video, tag) / temperature + bias_t."""

    def __init__(self, video: VideoTowerConfig, names: Tensor, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature
        self.video, self.tag = VideoTower(video), TagTower(names, video.dim)
        self.bias = nn.Parameter(torch.zeros(len(names)))

    def videos(self, read: Read) -> Tensor:
        return F.normalize(self.video(read), dim=-1)  # (videos, dim)

    def forward(self, read: Read, columns: Tensor) -> Tensor:
        cosine = self.videos(read) @ self.tag(columns).T  # (videos, columns)
        return cosine / self.temperature + self.bias[columns]


class NextVladRanker:
    """Scores only candidates, so its cost does not grow with the number of tags."""

    def __init__(self, vocabulary: Vocabulary, model: Towers, reader: Reader, device: str = "cpu") -> None:
        self.vocabulary, self.reader, self.device = vocabulary, reader, device
        self.model = model.to(device).eval()

    @classmethod
    def train(
        cls, data: TrainingSet, pool: CandidatePool, config: Config, *, step: Step, warm: Self | None = None
    ) -> Self:
        settings = NextVladSettings(**config)
        device = accelerator.name()
        torch.manual_seed(settings.seed)
        shape = VideoTowerConfig(
            bert=settings.bert, dim=settings.dim, clusters=settings.clusters, groups=settings.groups,
            dropout=settings.dropout,
        )  # fmt: skip
        reader = Reader.of(data.features, shape, settings.sentences, settings.longest, settings.most)
        model = Towers(reader.config, torch.from_numpy(data.names), settings.temperature)
        ranker = cls(data.vocabulary, model, reader, device)
        if warm is not None:
            ranker._take_over(warm)
        ranker._learn(data, pool, settings, step)
        return ranker

    def _learn(self, data: TrainingSet, pool: CandidatePool, settings: NextVladSettings, step: Step) -> None:
        sampler = _sampler(data, pool, settings)
        first_pass, past = -(-len(data) // settings.batch), 0  # in steps

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            draw = np.random.default_rng(int(torch.randint(2**31, (), generator=generator)))
            columns, positive, weight = sampler.draw(rows, past >= first_pass, draw)
            read = self._read([data.features[i] for i in rows])
            read = read._replace(streams=read.streams.dropped(settings.modality_dropout, generator))
            logits = self.model(read, torch.from_numpy(columns).to(self.device))
            return contrastive_loss(logits, *(torch.from_numpy(m).to(self.device) for m in (positive, weight)))

        descent = DescentConfig(
            settings.epochs, settings.least_steps, settings.batch, settings.rate, seed=settings.seed
        )

        def told(done: int, total: int, value: float | None) -> None:
            nonlocal past
            past = done  # a training that goes on after a kill is told of the steps before, too
            step(done, total, value)

        descend(self.model, len(data), loss, descent, told)

    def _read(self, features: Sequence[Features]) -> Read:
        read = self.reader.read(features)
        on = [read.text, read.has_text, read.tokens, read.token_mask]
        text, there, rows, mask = (tensor.to(self.device) for tensor in on)
        return Read(read.streams.to(self.device), text, there, read.grams, rows, mask)

    def _take_over(self, warm: Self) -> None:
        tags = shared_rows(self.vocabulary.ids, warm.vocabulary.ids)
        grams = shared_rows(self.reader.grams.hashes.tolist(), warm.reader.grams.hashes.tolist())
        rows = {"tag.delta": tags, "bias": tags, "video.bag.weight": grams}
        words = [[*range(-2, 0), *map(hash, table.known)] for table in (self.reader.words, warm.reader.words)]
        rows["video.bert.embeddings.word_embeddings.weight"] = shared_rows(words[0], words[1])
        frozen = (torch.zeros(0, dtype=torch.long),) * 2  # names may have been edited: keep the new
        take_over(self.model, warm.model, rows | {"tag.names": frozen})

    @torch.inference_mode()
    def score(self, features: Sequence[Features], pool: CandidatePool) -> Array:
        """(pairs,) logits."""
        scores = np.zeros(len(pool), np.float32)
        for start in range(0, len(features), _BLOCK):
            first, last = np.searchsorted(pool.video, [start, start + _BLOCK])
            columns, place = np.unique(pool.column[first:last], return_inverse=True)
            tags, chosen = torch.from_numpy(columns).to(self.device), torch.from_numpy(place).to(self.device)
            rows = torch.from_numpy(pool.video[first:last] - start).to(self.device)
            videos = self.model.videos(self._read(features[start : start + _BLOCK]))[rows]
            cosine = (videos * self.model.tag(tags)[chosen]).sum(dim=-1)  # (pairs,)
            scores[first:last] = (cosine / self.model.temperature + self.model.bias[tags][chosen]).cpu().numpy()
        return scores

    def save(self, folder: Path) -> None:
        config = {"tower": asdict(self.reader.config), "temperature": self.model.temperature}
        config |= {"words": list(self.reader.words.known), "longest": self.reader.longest, "most": self.reader.most}
        write_config(folder, config | {"tags": list(self.vocabulary.ids)})
        grams = self.reader.grams
        table = {"table.hashes": torch.from_numpy(grams.hashes), "table.idf": torch.from_numpy(grams.idf)}
        state = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        save_file(state | table, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config, tensors = read_config(folder), load_file(folder / "model.safetensors")
        if tuple(config["tags"]) != vocabulary.ids:
            raise ValueError(f"{folder} was trained for another vocabulary")
        grams = GramTable(tensors.pop("table.hashes").numpy(), tensors.pop("table.idf").numpy())
        tower = VideoTowerConfig(**config["tower"])
        reader = Reader(tower, grams, TokenTable(tuple(config["words"])), config["longest"], config["most"])
        model = Towers(tower, torch.zeros_like(tensors["tag.names"]), config["temperature"])
        model.load_state_dict(tensors)
        return cls(vocabulary, model, reader, device)


def _sampler(data: TrainingSet, pool: CandidatePool, settings: NextVladSettings) -> Sampler:
    tags = len(data.vocabulary)
    shares = SamplerSettings(settings.negatives, settings.hard, settings.in_batch, proposed=settings.proposed)
    hops = None
    if settings.hard:
        taught = settings.margin is not None and pool.recallers  # without scores there is nothing to teach
        teacher = FirstScorer.fit(data, pool).matrix(pool, tags) if taught else None
        hops = TwoHops(data, Guards(settings.likely, settings.margin), teacher)
    return Sampler(data, shares, hops, pool.matrix(tags))
