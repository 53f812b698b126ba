"""Words to tags: the text encoder (BOW + CNN + attention) under a linear layer over all tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from ml.layers.grams import GramTable
from ml.layers.placed_words import placed, spoken
from ml.layers.sentence_space import SentenceSpace
from ml.layers.text_encoder import TextEncoder, TextEncoderConfig
from ml.layers.tokens import TokenTable
from ml.types import Features


@dataclass(frozen=True)
class Texts:
    """Texts as the network reads them."""

    tokens: Tensor  # (texts, length)
    mask: Tensor
    grams: sparse.csr_matrix  # (texts, grams) TF-IDF
    pieces: Tensor | None = None  # (texts, length, pieces of a word)
    meaning: Tensor | None = None  # (texts, width) directions of sentence vectors

    @classmethod
    def collate(
        cls,
        features: Sequence[Features],
        words: TokenTable,
        grams: GramTable,
        longest: int,
        space: SentenceSpace | None = None,
    ) -> Texts:
        videos = [item.video for item in features]
        tokens, mask = words.encode([spoken(placed(video)) for video in videos], longest)
        meaning = None if space is None else torch.from_numpy(space.directions(features))
        return cls(tokens, mask, grams.encode([video.text() for video in videos]), meaning=meaning)

    def __len__(self) -> int:
        return len(self.tokens)

    def rows(self, index: NDArray[np.int64]) -> Texts:
        """Some of the texts, padded to the longest of them."""
        length = max(1, int(self.mask[index].sum(dim=1).max()))
        pieces = None if self.pieces is None else self.pieces[index, :length]
        meaning = None if self.meaning is None else self.meaning[index]
        return Texts(self.tokens[index, :length], self.mask[index, :length], self.grams[index], pieces, meaning)

    def to(self, device: torch.device | str) -> Texts:
        pieces = None if self.pieces is None else self.pieces.to(device)
        meaning = None if self.meaning is None else self.meaning.to(device)
        return Texts(self.tokens.to(device), self.mask.to(device), self.grams, pieces, meaning)


class TextNetwork(nn.Module):
    """Texts -> (texts, tags), logits. Linear behind the pools, so that words can be told what they said."""

    def __init__(self, config: TextEncoderConfig, tags: int) -> None:
        super().__init__()
        self.encoder = TextEncoder(config)
        if self.encoder.wide is not None:  # zero times a linear layer that is drawn would be slow to begin
            nn.init.normal_(self.encoder.wide.weight, std=0.05)
        self.tags = nn.Linear(config.out, tags)
        self.seen: Tensor
        self.register_buffer("seen", torch.zeros(tags, dtype=torch.bool))  # tags that training knew examples of

    def forward(self, texts: Texts) -> Tensor:
        read = self.encoder(texts.tokens, texts.mask, texts.grams, texts.pieces, texts.meaning)
        logits: Tensor = self.tags(read)
        return logits

    def said(self, texts: Texts, columns: Tensor) -> Tensor:
        """What each token says for tags (texts, chosen): (texts, chosen, length), by maps and not by n-grams."""
        weights = self.tags.weight[columns] @ self.encoder.head.weight  # (texts, chosen, pooled)
        return self.encoder.places(texts.tokens, texts.mask, weights, texts.pieces)

    @torch.no_grad()
    def start(self, share: Tensor) -> None:
        """Begin at the share of videos (tags,) that each tag is said of."""
        prior = share.clamp(1e-4, 0.5)
        self.tags.bias.copy_(torch.log(prior / (1 - prior)))
