"""One vector for a video: its modalities fused, plus a wide branch over the n-grams of its text.

Wide & deep (Cheng et al. 2016, section 3). The deep side concatenates (`concat`), multiplies (`low_rank`) or joins the
modalities at every depth (`central`). A missing modality is a learned vector in a concatenation and left out of the
others, never zeros that look like a value.
"""

from __future__ import annotations

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
        wide = self._wide(videos)  # (videos, dim)
        if not self.enter:
            return Central(self.dropout(wide), {})
        parts = {name: enter(videos.vectors[name]) for name, enter in self.enter.items()}  # (videos, dim)
        own: dict[str, Tensor] = {}
        if self.config.kind == "concat":
            known = [torch.where(videos.present[name], parts[name], self.missing[name]) for name in parts]
            deep = self.mix(torch.cat(known, dim=-1))  # (videos, modalities * dim) -> (videos, dim)
        elif self.config.kind == "low_rank":
            bent = {name: self.dropout(F.gelu(part)) for name, part in parts.items()}
            deep = F.gelu(self.mix(bent, videos.present))
        else:
            deep, own = self.mix(parts, videos.present)
        return Central(self.dropout(deep + wide), own)

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
