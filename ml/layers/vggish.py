"""VGGish: VGG configuration A on log-mel examples of 0.96 s, less its last group of convolutions.

Hershey et al. 2017, "CNN Architectures for Large-Scale Audio Classification"; layers, sizes and the order of the
flattened numbers (time, band, channel) are those of the network that was released with AudioSet.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

FRAMES, BANDS = 96, 64
CONVOLUTIONS = (1, 1, 2, 2)  # in each group; a group ends in 2 x 2 max pooling


@dataclass(frozen=True)
class VggishConfig:
    """The defaults are the published network (72,141,184 parameters); `narrow` is what one core can train."""

    channels: tuple[int, ...] = (64, 128, 256, 512)  # of each group
    hidden: int = 4096
    dim: int = 128
    norm: bool = False  # batch norm after each hidden layer: without it a small set of sounds does not get it going

    @classmethod
    def narrow(cls, times: int = 8) -> VggishConfig:
        """So many times fewer channels: the same shape with 0.6 M parameters by default."""
        published = cls()
        channels = tuple(max(1, width // times) for width in published.channels)
        return cls(channels, published.hidden // (2 * times), published.dim, norm=True)


class Vggish(nn.Module):
    """(examples, 96, 64) log-mel -> (examples, dim).

    Names and order of the tensors are those of the PyTorch ports in use (`features.0`, `embeddings.4`), so that their
    weight files fit when `norm` is off.
    """

    def __init__(self, config: VggishConfig = VggishConfig()) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        before = 1
        for width, count in zip(config.channels, CONVOLUTIONS, strict=True):
            for _ in range(count):
                layers.append(nn.Conv2d(before, width, 3, padding=1))
                layers += [nn.BatchNorm2d(width)] if config.norm else []
                layers.append(nn.ReLU())
                before = width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        flat = before * (FRAMES // 16) * (BANDS // 16)
        hidden: list[nn.Module] = []
        for before in (flat, config.hidden):
            hidden.append(nn.Linear(before, config.hidden))
            hidden += [nn.BatchNorm1d(config.hidden)] if config.norm else []
            hidden.append(nn.ReLU())
        # The last layer has no activation: an embedding has both signs.
        self.embeddings = nn.Sequential(*hidden, nn.Linear(config.hidden, config.dim))

    def forward(self, examples: Tensor) -> Tensor:
        maps = self.features(examples[:, None])  # (examples, channels, 6, 4)
        flat = maps.permute(0, 2, 3, 1).flatten(1)  # channels last, as the released weights expect
        embedded: Tensor = self.embeddings(flat)
        return embedded


def count_parameters(config: VggishConfig) -> int:
    """Without making the network: its tensors have shapes and no memory."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in Vggish(config).parameters())
