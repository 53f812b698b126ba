"""A Transformer that reads a video and writes its tags one by one (Vaswani et al. 2017; SGM, Yang et al. 2018).

The encoder reads text tokens, frames and sound as one sequence; the decoder writes names of tags, each closed by a
separator, in any order: training shuffles them anew in every epoch, so that no order is learned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PAD, BEGIN, SEPARATOR, FINISH = range(4)  # tokens of the written side, before those of names
SPECIAL = 4


@dataclass(frozen=True)
class GeneratorConfig:
    """Widths of what is read, and of the Transformer."""

    tokens: int  # rows of the token table of texts
    written: int  # tokens that names are written with, the special ones included
    widths: Mapping[str, int]  # modality -> width of a frame
    dim: int = 128
    heads: int = 4
    layers: int = 2  # of the encoder and of the decoder each
    dropout: float = 0.1
    longest: int = 256  # places of what is written


class TagGenerator(nn.Module):
    """Texts (videos, length), frames {modality: (videos, frames, width)}, masks -> scores of the next token."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        dim = config.dim
        self.read = nn.Embedding(config.tokens, dim, padding_idx=0)
        self.enter = nn.ModuleDict({n: nn.Linear(w, dim) for n, w in sorted(config.widths.items())})
        self.kind = nn.Embedding(1 + len(config.widths), dim)  # text, then each modality
        self.nothing = nn.Parameter(torch.zeros(1, 1, dim))  # so that a video without anything can be attended to
        self.write = nn.Embedding(config.written, dim, padding_idx=PAD)
        shape = (dim, config.heads, 2 * dim, config.dropout)
        encoder = nn.TransformerEncoderLayer(*shape, batch_first=True, norm_first=True)
        decoder = nn.TransformerDecoderLayer(*shape, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(encoder, config.layers, enable_nested_tensor=False)
        self.decoder = nn.TransformerDecoder(decoder, config.layers)
        self.norm = nn.LayerNorm(dim)
        places = torch.arange(config.longest)[:, None] / 10_000 ** (torch.arange(0, dim, 2)[None] / dim)
        waves = torch.stack([places.sin(), places.cos()], dim=-1).flatten(1)  # (places, dim)
        self.register_buffer("waves", waves, persistent=False)
        for embedding in (self.read, self.write, self.kind):
            nn.init.normal_(embedding.weight, std=dim**-0.5)

    def encode(
        self, texts: Tensor, text_mask: Tensor, frames: Mapping[str, Tensor], masks: Mapping[str, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Memory (videos, places, dim) and which of its places are there (videos, places)."""
        scale = math.sqrt(self.config.dim)
        parts = [self.nothing.expand(len(texts), 1, -1), self._placed(self.read(texts) * scale) + self.kind.weight[0]]
        there = [torch.ones(len(texts), 1, dtype=torch.bool, device=texts.device), text_mask]
        for number, (name, enter) in enumerate(self.enter.items(), start=1):
            parts.append(self._placed(enter(frames[name])) + self.kind.weight[number])
            there.append(masks[name])
        mask = torch.cat(there, dim=1)
        return self.encoder(torch.cat(parts, dim=1), src_key_padding_mask=~mask), mask

    def _placed(self, values: Tensor) -> Tensor:
        waves = self.get_buffer("waves")
        return values + waves[: values.shape[1]]

    def decode(self, written: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Written so far (videos, length) -> (videos, length, written), logits of what follows each place."""
        length = written.shape[1]
        ahead = torch.ones(length, length, dtype=torch.bool, device=written.device).triu(1)
        embedded = self._placed(self.write(written) * math.sqrt(self.config.dim))
        hidden = self.decoder(
            embedded, memory, tgt_mask=ahead, memory_key_padding_mask=~mask, tgt_key_padding_mask=written == PAD
        )
        return self.norm(hidden) @ self.write.weight.T

    def loss(self, written: Tensor, memory: Tensor, mask: Tensor, smoothing: float = 0.1) -> Tensor:
        """Cross entropy of each next token, padding left out; written (videos, length) from BEGIN to FINISH."""
        logits = self.decode(written[:, :-1], memory, mask)
        return F.cross_entropy(
            logits.flatten(0, 1), written[:, 1:].flatten(), ignore_index=PAD, label_smoothing=smoothing
        )
