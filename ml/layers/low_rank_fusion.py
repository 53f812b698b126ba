"""Low-rank multimodal fusion: the outer product of all modalities without ever building it (Liu et al. 2018, 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class LowRankConfig:
    """rank * out * sum(width + 1) factor weights, rank fusion weights, out biases."""

    widths: Mapping[str, int]  # modality -> width of its vector
    out: int
    rank: int = 4


class LowRankFusion(nn.Module):
    """Vectors (videos, width) and who has them (videos, 1) -> (videos, out).

    h = sum_r w_r prod_m [1; z_m] W_m^(r) + b. A missing modality is [1; 0]: what remains is exactly the fusion of the
    others, since their products without it stand in the row of the 1.
    """

    def __init__(self, config: LowRankConfig) -> None:
        super().__init__()
        self.config = config
        shapes = {name: (config.rank, width + 1, config.out) for name, width in config.widths.items()}
        self.factors = nn.ParameterDict({name: nn.Parameter(torch.empty(shape)) for name, shape in shapes.items()})
        self.mix = nn.Parameter(torch.empty(1, config.rank))
        self.bias = nn.Parameter(torch.zeros(config.out))
        for factor in self.factors.values():
            nn.init.xavier_normal_(factor)
            # A product of many small numbers vanishes; at 1 the row of the constant starts as the identity.
            nn.init.ones_(factor[:, 0])
        nn.init.xavier_normal_(self.mix)

    def forward(self, vectors: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Tensor:
        product: Tensor | None = None
        for name, factor in self.factors.items():
            vector = vectors[name] * present[name]  # (videos, width)
            projected = torch.einsum("vi,rio->rvo", vector, factor[:, 1:]) + factor[:, :1]  # (rank, videos, out)
            product = projected if product is None else product * projected
        assert product is not None, "a fusion needs at least one modality"
        return torch.einsum("r,rvo->vo", self.mix[0], product) + self.bias
