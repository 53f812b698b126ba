"""CentralNet: one network a modality and a central one that reads all of them at every depth (Vielzeuf et al. 2018)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class CentralConfig:
    """All networks have `depth` layers of `hidden`, then a head of `out`."""

    widths: Mapping[str, int]  # modality -> width of its vector
    out: int
    hidden: int = 128
    depth: int = 2
    dropout: float = 0.3


class Central(NamedTuple):
    """What the central network says, and each modality by itself."""

    fused: Tensor  # (videos, out)
    own: dict[str, Tensor]  # modality -> (videos, out); meaningless where the modality is missing


class CentralNet(nn.Module):
    """Vectors (videos, width) and who has them (videos, 1) -> `Central`.

    h_C^(i+1) = f_i(a_C^i h_C^i + sum_m a_m^i h_m^i) (equation 1), h_C^0 absent, the sums over the modalities that are
    there; every a is one trained number.
    """

    def __init__(self, config: CentralConfig) -> None:
        super().__init__()
        self.config = config
        hidden, depth = config.hidden, config.depth
        starts = {name: [width] + [hidden] * (depth - 1) for name, width in config.widths.items()}
        self.own = nn.ModuleDict({n: nn.ModuleList([self._layer(w) for w in starts[n]]) for n in starts})
        self.central = nn.ModuleList([self._layer(hidden) for _ in range(depth)])
        self.weights = nn.ParameterDict({name: nn.Parameter(torch.ones(depth)) for name in config.widths})
        self.keep = nn.Parameter(torch.ones(depth - 1))  # a_C of every layer but the first
        self.own_heads = nn.ModuleDict({name: nn.Linear(hidden, config.out) for name in config.widths})
        self.head = nn.Linear(hidden, config.out)

    def _layer(self, width: int) -> nn.Module:
        return nn.Sequential(nn.Linear(width, self.config.hidden), nn.GELU(), nn.Dropout(self.config.dropout))

    def forward(self, vectors: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Central:
        hidden = dict(vectors)
        central: Tensor | None = None
        for depth, layer in enumerate(self.central):
            hidden = {name: self.own[name][depth](hidden[name]) for name in self.own}  # type: ignore[index]
            # where() and not a product: a missing modality may hold anything, even what is not a number
            parts = [torch.where(present[name], self.weights[name][depth] * hidden[name], 0.0) for name in self.own]
            if central is not None:
                parts.append(self.keep[depth - 1] * central)
            central = layer(torch.stack(parts).sum(dim=0))  # (videos, hidden)
        return Central(self.head(central), {name: head(hidden[name]) for name, head in self.own_heads.items()})


def central_loss(output: Central, present: Mapping[str, Tensor], loss: Callable[[Tensor], Tensor]) -> Tensor:
    """L_C + sum_m L_m (equation 3, all weights 1); `loss` maps (videos, out) to (videos,).

    A modality's own loss is the mean over the videos that have it.
    """
    total = loss(output.fused).mean()
    for name, own in output.own.items():
        here = present[name][:, 0]
        total = total + torch.where(here, loss(own), 0.0).sum() / here.sum().clamp(min=1)
    return total
