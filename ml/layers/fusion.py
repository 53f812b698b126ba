"""One vector for a video: its modalities fused, plus a wide branch over the n-grams of its text.

Wide & deep (Cheng et al. 2016, section 3). The deep side concatenates (`concat`), multiplies (`low_rank`) or joins the
modalities at every depth (`central`). A missing modality is a learned vector in a concatenation and left out of the
others, never zeros that look like a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ml.layers.centralnet import Central, CentralConfig, CentralNet
from ml.layers.inputs import Inputs, Widths
from ml.layers.low_rank_fusion import LowRankConfig, LowRankFusion

KINDS = ("concat", "low_rank", "central")


@dataclass(frozen=True)
class FusionConfig:
    """Shape of the fused video vector."""

    widths: Widths = field(default_factory=dict)  # modality -> width of its vector
    grams: int = 0  # rows of the n-gram table
    dim: int = 128  # width of the fused vector
    dropout: float = 0.3
    kind: str = "concat"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fusion {self.kind!r}; known: {', '.join(KINDS)}")


@dataclass(frozen=True)
class Entered:
    """Videos behind the entrances of their modalities, and what the n-grams of their texts say."""

    parts: dict[str, Tensor]  # modality -> (videos, dim)
    present: Mapping[str, Tensor]  # modality -> (videos, 1) bool
    wide: Tensor  # (videos, dim)

    def rows(self, index: Tensor) -> Entered:
        """Some of the videos."""
        parts = {name: part[index] for name, part in self.parts.items()}
        return Entered(parts, {name: mask[index] for name, mask in self.present.items()}, self.wide[index])

    def without(self, modality: str) -> Entered:
        """The same videos as if this modality were missing."""
        if modality not in self.parts:
            return self
        return Entered(self.parts, {**self.present, modality: torch.zeros_like(self.present[modality])}, self.wide)

    def showing(self, modality: str, part: Tensor) -> Entered:
        """The same videos with something else of this modality."""
        return Entered(self.parts | {modality: part}, self.present, self.wide)


class Fusion(nn.Module):
    """Videos -> (videos, dim)."""

    def __init__(self, config: FusionConfig) -> None:
        super().__init__()
        self.config = config
        dim, names = config.dim, sorted(config.widths)
        self.enter = nn.ModuleDict({n: _entrance(config.widths[n], dim) for n in names})
        concat = config.kind == "concat"
        self.missing = nn.ParameterDict({n: nn.Parameter(torch.zeros(dim)) for n in names if concat})
        self.mix = _mixer(config, names)
        self.bag = nn.EmbeddingBag(max(config.grams, 1), dim, mode="sum")  # one row too many is simpler than none
        nn.init.normal_(self.bag.weight, std=0.1)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, videos: Inputs) -> Tensor:
        return self.joined(videos).fused

    def joined(self, videos: Inputs) -> Central:
        """The fused vectors (videos, dim), and for `central` what each modality makes of the videos alone."""
        return self.join(self.entered(videos))

    def entered(self, videos: Inputs) -> Entered:
        """What `join` reads: for who asks about the same videos more than once."""
        parts = {name: enter(videos.vectors[name]) for name, enter in self.enter.items()}
        return Entered(parts, videos.present, self._wide(videos))

    def join(self, videos: Entered) -> Central:
        """What `joined` gives."""
        if not self.enter:
            return Central(self.dropout(videos.wide), {})
        parts = videos.parts
        own: dict[str, Tensor] = {}
        if self.config.kind == "concat":
            known = [torch.where(videos.present[name], parts[name], self.missing[name]) for name in parts]
            deep = self.mix(torch.cat(known, dim=-1))  # (videos, modalities * dim) -> (videos, dim)
        elif self.config.kind == "low_rank":
            bent = {name: self.dropout(F.gelu(part)) for name, part in parts.items()}
            deep = F.gelu(self.mix(bent, videos.present))
        else:
            deep, own = self.mix(parts, videos.present)
        return Central(self.dropout(deep + videos.wide), own)

    def _wide(self, videos: Inputs) -> Tensor:
        device = self.bag.weight.device
        rows = videos.grams
        index = torch.from_numpy(rows.indices.astype("int64")).to(device)
        starts = torch.from_numpy(rows.indptr[:-1].astype("int64")).to(device)
        weights = torch.from_numpy(rows.data.astype("float32")).to(device)
        bagged: Tensor = self.bag(index, starts, per_sample_weights=weights)
        return bagged


def _mixer(config: FusionConfig, names: list[str]) -> nn.Module:
    dim, dropout = config.dim, config.dropout
    if config.kind == "low_rank":
        return LowRankFusion(LowRankConfig(dict.fromkeys(names, dim), dim))
    if config.kind == "central":
        return CentralNet(CentralConfig(dict.fromkeys(names, dim), dim, dim, dropout=dropout))
    together = nn.Linear(dim * max(len(names), 1), dim)
    return nn.Sequential(nn.GELU(), nn.Dropout(dropout), together, nn.GELU())


def _entrance(width: int, dim: int) -> nn.Module:
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, dim))
