"""The video's side of a contrastive ranker: NeXtVLAD over frames and over sound, and the text, as one vector.

After NetEase's contrastive ranker and Lin, Xiao & Fan 2018. The text is a sentence embedding, or a small BERT
(TinyBERT's size and below, Jiao et al. 2020) over its own tokens; a wide branch over n-grams knows what neither has a
word for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from scipy import sparse
from torch import Tensor, nn

from ml.layers.nextvlad import NextVlad, NextVladConfig
from ml.layers.sequences import Streams


@dataclass(frozen=True)
class VideoTowerConfig:
    """Widths of what is read, and of the vector."""

    streams: Mapping[str, int] = field(default_factory=dict)  # modality -> width of one row
    text: int = 0  # width of the sentence embedding; 0 = none
    grams: int = 0  # rows of the n-gram table
    tokens: int = 0  # rows of the token table of `bert`
    bert: Mapping[str, Any] | None = None  # settings of transformers' BertConfig; None: no BERT
    dim: int = 128
    clusters: int = 16
    groups: int = 8
    expansion: int = 2
    dropout: float = 0.3

    def vlad(self, modality: str) -> NextVladConfig:
        """The aggregation of one modality, in the most groups that divide its rows."""
        wide = self.streams[modality] * self.expansion
        groups = next(g for g in range(min(self.groups, wide), 0, -1) if wide % g == 0)
        return NextVladConfig(self.streams[modality], self.clusters, groups, self.expansion)


class Read(NamedTuple):
    """Videos as the tower reads them."""

    streams: Streams
    text: Tensor  # (videos, width)
    has_text: Tensor  # (videos, 1) bool
    grams: sparse.csr_matrix  # (videos, grams)
    tokens: Tensor  # (videos, length)
    token_mask: Tensor  # (videos, length)


class VideoTower(nn.Module):
    """Videos -> (videos, dim)."""

    def __init__(self, config: VideoTowerConfig) -> None:
        super().__init__()
        self.config = config
        dim, names = config.dim, sorted(config.streams)
        self.vlads = nn.ModuleDict({name: NextVlad(config.vlad(name)) for name in names})
        self.enter = nn.ModuleDict({name: nn.Linear(config.vlad(name).out, dim) for name in names})
        if config.text:
            self.enter["text"] = nn.Sequential(nn.LayerNorm(config.text), nn.Linear(config.text, dim))
        self.bert: Any = _bert(config)
        if self.bert is not None:
            self.enter["words"] = nn.Linear(self.bert.config.hidden_size, dim)
        self.missing = nn.ParameterDict({name: nn.Parameter(torch.zeros(dim)) for name in self.enter})
        self.bag = nn.EmbeddingBag(max(config.grams, 1), dim, mode="sum")
        nn.init.normal_(self.bag.weight, std=dim**-0.5)
        self.dropout = nn.Dropout(config.dropout)
        self.mix = nn.Sequential(
            nn.GELU(), nn.Dropout(config.dropout), nn.Linear(dim * max(len(self.enter), 1), dim), nn.GELU()
        )
        self.out = nn.Linear(dim, dim)

    def forward(self, videos: Read) -> Tensor:
        parts = self._parts(videos)
        vector = self._wide(videos.grams)
        if parts:
            vector = vector + self.mix(torch.cat(parts, dim=-1))  # (videos, parts * dim) -> (videos, dim)
        out: Tensor = self.out(self.dropout(vector))
        return out

    def _parts(self, videos: Read) -> list[Tensor]:
        """(videos, dim) of each modality; a missing one is a learned vector."""
        found = []
        for name, enter in self.enter.items():
            if name == "text":
                value, there = enter(videos.text), videos.has_text
            elif name == "words":
                value, there = enter(self._read(videos)), videos.token_mask.any(dim=1, keepdim=True)
            else:
                mask = videos.streams.mask[name]
                value, there = enter(self.vlads[name](videos.streams.rows[name], mask)), mask.any(dim=1, keepdim=True)
            found.append(torch.where(there, value, self.missing[name]))
        return found

    def _read(self, videos: Read) -> Tensor:
        """(videos, hidden): the mean of BERT's last states over the tokens that are there (Reimers & Gurevych 2019)."""
        mask = videos.token_mask.clone()
        mask[:, 0] = True  # attention over nothing at all is not defined
        states = self.bert(input_ids=videos.tokens, attention_mask=mask.long()).last_hidden_state
        there = videos.token_mask[..., None].to(states.dtype)
        mean: Tensor = (states * there).sum(dim=1) / there.sum(dim=1).clamp(min=1)
        return mean

    def _wide(self, rows: sparse.csr_matrix) -> Tensor:
        device = self.bag.weight.device
        index = torch.from_numpy(rows.indices.astype("int64")).to(device)
        starts = torch.from_numpy(rows.indptr[:-1].astype("int64")).to(device)
        weights = torch.from_numpy(rows.data.astype("float32")).to(device)
        bagged: Tensor = self.bag(index, starts, per_sample_weights=weights)
        return bagged


class TagTower(nn.Module):
    """Columns of tags -> (columns, dim), of length 1: what the names say plus what videos taught of each tag."""

    def __init__(self, names: Tensor, dim: int) -> None:
        super().__init__()
        tags, width = names.shape
        self.name = nn.Parameter(torch.randn(dim, width) * max(width, 1) ** -0.5)
        self.delta = nn.Parameter(torch.randn(tags, dim) * 0.02)
        self.names: Tensor
        self.register_buffer("names", names)

    def forward(self, columns: Tensor) -> Tensor:
        return F.normalize(self.names[columns] @ self.name.T + self.delta[columns], dim=-1)


def _bert(config: VideoTowerConfig) -> Any:
    if config.bert is None:
        return None
    from transformers import BertConfig, BertModel

    return BertModel(BertConfig(vocab_size=max(config.tokens, 2), **config.bert), add_pooling_layer=False)
