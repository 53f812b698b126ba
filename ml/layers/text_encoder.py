"""Text encoder of convolutions, attention and a bag of n-grams.

Convolutions over words with max over time as in Kim 2014 (section 2); beside the maximum an attention-weighted mean of
each kernel's map (Yang et al. 2016, equations 5-7, without the hidden layer); a wide linear branch over n-grams is
added to the outputs (Cheng et al. 2016; Joulin et al. 2016). A word may be the sum of its own row and the mean of its
pieces' rows (Bojanowski et al. 2017), so that words never seen in training mean something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from scipy import sparse
from torch import Tensor, nn

from ml.layers.gated_attention import masked_softmax


@dataclass(frozen=True)
class TextEncoderConfig:
    """Every kernel gives `channels` maxima and, with attention, as many means."""

    tokens: int  # rows of the token table
    out: int
    grams: int = 0  # rows of the n-gram table; 0 = no wide branch
    pieces: int = 0  # rows of the table of word pieces; 0 = a word is its own row alone
    width: int = 128  # of a token
    kernels: tuple[int, ...] = (3, 4, 5)
    channels: int = 100
    attention: bool = True
    dropout: float = 0.5
    embed_dropout: float = 0.0
    token_dropout: float = 0.0  # share of tokens that training hides
    wide_dropout: float = 0.0  # share of n-grams that training hides
    meaning: int = 0  # numbers of a sentence vector that is added, too; 0 = there is none
    meaning_dropout: float = 0.2  # share of them that training hides

    @property
    def pooled(self) -> int:
        """Width of what the convolutions leave."""
        return len(self.kernels) * self.channels * (2 if self.attention else 1)


_LOUD = 5.0  # a sentence vector of length 1 beside n-grams of length 1, whose rows are drawn wider


class TextEncoder(nn.Module):
    """Tokens (texts, length), their mask, n-grams (texts, grams), sentence vectors (texts, meaning) -> (texts, out)."""

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.tokens, config.width, padding_idx=0)
        nn.init.uniform_(self.embed.weight, -0.25, 0.25)
        self.pieces = (
            nn.EmbeddingBag(config.pieces, config.width, mode="mean", padding_idx=0) if config.pieces else None
        )
        if self.pieces is not None:
            nn.init.uniform_(self.pieces.weight, -0.25, 0.25)
            nn.init.zeros_(self.embed.weight[1])  # of a word that training has not seen only its pieces speak
        self.embed_dropout = nn.Dropout(config.embed_dropout)
        maps = [nn.Conv1d(config.width, config.channels, k, padding=k - 1) for k in config.kernels]
        self.maps = nn.ModuleList(maps)
        scores = [nn.Linear(config.channels, 1, bias=False) for _ in config.kernels if config.attention]
        self.scores = nn.ModuleList(scores)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(config.pooled, config.out)
        self.wide = nn.EmbeddingBag(config.grams, config.out, mode="sum") if config.grams else None
        if self.wide is not None:
            nn.init.zeros_(self.wide.weight)
        self.meaning = nn.Linear(config.meaning, config.out, bias=False) if config.meaning else None
        self.meaning_dropout = nn.Dropout(config.meaning_dropout)

    def forward(
        self,
        tokens: Tensor,
        mask: Tensor,
        grams: sparse.csr_matrix | None = None,
        pieces: Tensor | None = None,
        meaning: Tensor | None = None,
    ) -> Tensor:
        logits: Tensor = self.head(self.dropout(self.pooled(tokens, mask, pieces)))
        if self.wide is not None and grams is not None:
            logits = logits + self._bag(self.wide, grams)
        if self.meaning is not None and meaning is not None:
            logits = logits + self.meaning(self.meaning_dropout(_LOUD * meaning))
        return logits

    def pooled(self, tokens: Tensor, mask: Tensor, pieces: Tensor | None = None) -> Tensor:
        """(texts, config.pooled); a text without tokens gives zeros. Pieces (texts, length, pieces of a word)."""
        found = []
        for map_, weights in self._maps(tokens, mask, pieces):
            found.append(map_.amax(dim=-1))
            if weights is not None:
                found.append((map_ @ weights[..., None])[..., 0])
        return torch.cat(found, dim=-1)

    def places(self, tokens: Tensor, mask: Tensor, weights: Tensor, pieces: Tensor | None = None) -> Tensor:
        """What each token has to do with weighted sums of `pooled`: (texts, sums, pooled) -> (texts, sums, length).

        Class activation maps (Zhou et al. 2016): a sum is linear in what each place of a map gives to the maximum and
        to the mean, and a place's share is divided among the tokens that its window covers.
        """
        length, shares = tokens.shape[1], []
        parts = iter(torch.split(weights, self.config.channels, dim=-1))  # (texts, sums, channels) each
        for kernel, (map_, attended) in zip(self.config.kernels, self._maps(tokens, mask, pieces), strict=True):
            best, where = map_.max(dim=-1)  # (texts, channels)
            given = next(parts) * best[:, None]
            place = given.new_zeros(*given.shape[:2], map_.shape[-1])
            place.scatter_add_(2, where[:, None].expand_as(given), given)
            if attended is not None:
                place = place + next(parts) @ (map_ * attended[:, None])
            shares.append(sum(place[..., first : first + length] for first in range(kernel)) / kernel)
        return sum(shares, torch.zeros(())) * mask[:, None]

    def _maps(self, tokens: Tensor, mask: Tensor, pieces: Tensor | None) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Of each kernel its map (texts, channels, length + kernel - 1), and attention over the map's places."""
        if self.training and self.config.token_dropout:
            mask = mask & (torch.rand(mask.shape, device=mask.device) >= self.config.token_dropout)
        words = self.embed(tokens)
        if self.pieces is not None and pieces is not None:
            words = words + self.pieces(pieces.flatten(0, 1)).view_as(words)
        embedded = (self.embed_dropout(words) * mask[..., None]).transpose(1, 2)  # (texts, width, length)
        for number, convolve in enumerate(self.maps):
            seen = _reached(mask, self.config.kernels[number])
            map_ = torch.relu(convolve(embedded)) * seen[:, None]
            if self.config.attention:
                yield map_, masked_softmax(self.scores[number](map_.transpose(1, 2))[..., 0], seen)
            else:
                yield map_, None

    def _bag(self, wide: nn.EmbeddingBag, rows: sparse.csr_matrix) -> Tensor:
        device = wide.weight.device
        weights = torch.from_numpy(rows.data.astype("float32")).to(device)
        if self.training and self.config.wide_dropout:
            weights = nn.functional.dropout(weights, self.config.wide_dropout)
        index = torch.from_numpy(rows.indices.astype("int64")).to(device)
        starts = torch.from_numpy(rows.indptr[:-1].astype("int64")).to(device)
        bagged: Tensor = wide(index, starts, per_sample_weights=weights)
        return bagged


def _reached(mask: Tensor, kernel: int) -> Tensor:
    """(texts, length + kernel - 1): places whose window holds at least one token."""
    wide = nn.functional.pad(mask.float()[:, None], (kernel - 1, kernel - 1))
    return nn.functional.max_pool1d(wide, kernel, stride=1)[:, 0] > 0
