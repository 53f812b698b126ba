"""One vector for a video: concatenation of its modalities plus a wide branch over the n-grams of its text.

Wide & deep (Cheng et al. 2016, section 3); a missing modality is a learned vector, never zeros that look like a value.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ml.layers.inputs import Inputs, Widths


@dataclass(frozen=True)
class FusionConfig:
    """Shape of the fused video vector."""

    widths: Widths = field(default_factory=dict)  # modality -> width of its vector
    grams: int = 0  # rows of the n-gram table
    dim: int = 128  # width of the fused vector
    dropout: float = 0.3


class Fusion(nn.Module):
    """Videos -> (videos, dim)."""

    def __init__(self, config: FusionConfig) -> None:
        super().__init__()
        self.config = config
        dim, names = config.dim, sorted(config.widths)
        self.enter = nn.ModuleDict({n: _entrance(config.widths[n], dim) for n in names})
        self.missing = nn.ParameterDict({n: nn.Parameter(torch.zeros(dim)) for n in names})
        together = nn.Linear(dim * max(len(names), 1), dim)
        self.mix = nn.Sequential(nn.GELU(), nn.Dropout(config.dropout), together, nn.GELU())
        self.bag = nn.EmbeddingBag(max(config.grams, 1), dim, mode="sum")  # one row too many is simpler than none
        nn.init.normal_(self.bag.weight, std=0.1)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, videos: Inputs) -> Tensor:
        wide = self._wide(videos)  # (videos, dim)
        if not self.enter:
            alone: Tensor = self.dropout(wide)
            return alone
        parts = []
        for name, enter in self.enter.items():
            present = videos.present[name]  # (videos, 1)
            parts.append(torch.where(present, enter(videos.vectors[name]), self.missing[name]))  # (videos, dim)
        deep = self.mix(torch.cat(parts, dim=-1))  # (videos, modalities * dim) -> (videos, dim)
        fused: Tensor = self.dropout(deep + wide)
        return fused

    def _wide(self, videos: Inputs) -> Tensor:
        device = self.bag.weight.device
        rows = videos.grams
        index = torch.from_numpy(rows.indices.astype("int64")).to(device)
        starts = torch.from_numpy(rows.indptr[:-1].astype("int64")).to(device)
        weights = torch.from_numpy(rows.data.astype("float32")).to(device)
        bagged: Tensor = self.bag(index, starts, per_sample_weights=weights)
        return bagged


def _entrance(width: int, dim: int) -> nn.Module:
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, dim))
