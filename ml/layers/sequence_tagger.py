"""Labels for each character of a text: (BERT-)BiLSTM-CRF, beside which what stands around a character speaks.

Huang, Xu & Yu 2015, whose section 3.3 connects such features to the outputs past the LSTM as is done here; characters
and bigrams of characters as in Zhang & Yang 2018 (section 3.1); the normaliser, its likelihood and Viterbi are
pytorch-crf's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torchcrf import CRF

_NEVER = -1e4  # score of an illegal transition when decoding
_FASTER = 1.5  # what stands around speaks so much louder than its weights, and learns so much faster than the rest


@dataclass(frozen=True)
class TaggerConfig:
    """With `bert` (settings of transformers' BertConfig) a BERT over the characters stands in for their embedding."""

    characters: int  # rows of the character table
    bigrams: int  # rows of the bigram table; 0 = no bigrams
    labels: int
    width: int = 100  # of a character
    bigram_width: int = 100
    hidden: int = 128  # of the LSTM, in each direction
    dropout: float = 0.5
    bert: Mapping[str, Any] | None = None
    around: int = 0  # rows of the table of what stands around a character; 0 = none
    around_dropout: float = 0.3  # share of it that training hides


class SequenceTagger(nn.Module):
    """Characters and bigrams (texts, length), their mask, and rows of what stands around (texts, length, any number),
    0 for nothing -> emissions (texts, length, labels).
    """

    def __init__(self, config: TaggerConfig) -> None:
        super().__init__()
        self.config = config
        self.bert: Any = None
        if config.bert is None:
            self.embed = nn.Embedding(config.characters, config.width, padding_idx=0)
            nn.init.uniform_(self.embed.weight, -((3 / config.width) ** 0.5), (3 / config.width) ** 0.5)
        else:
            from transformers import BertConfig, BertModel

            self.bert = BertModel(BertConfig(vocab_size=config.characters, **config.bert), add_pooling_layer=False)
        width = config.width if self.bert is None else self.bert.config.hidden_size
        self.bigrams = nn.Embedding(config.bigrams, config.bigram_width, padding_idx=0) if config.bigrams else None
        if self.bigrams is not None:
            bound = (3 / config.bigram_width) ** 0.5
            nn.init.uniform_(self.bigrams.weight, -bound, bound)
            width += config.bigram_width
        self.dropout = nn.Dropout(config.dropout)
        self.lstm = nn.LSTM(width, config.hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * config.hidden, config.labels)
        self.around = (
            nn.EmbeddingBag(config.around, config.labels, mode="sum", padding_idx=0) if config.around else None
        )
        if self.around is not None:
            nn.init.zeros_(self.around.weight)
        self.crf: Any = CRF(config.labels, batch_first=True)

    def forward(self, characters: Tensor, bigrams: Tensor, mask: Tensor, around: Tensor | None = None) -> Tensor:
        if self.bert is None:
            embedded = self.embed(characters)  # (texts, length, width)
        else:
            embedded = self.bert(input_ids=characters, attention_mask=mask.long()).last_hidden_state
        if self.bigrams is not None:
            embedded = torch.cat([embedded, self.bigrams(bigrams)], dim=-1)
        lengths = mask.sum(dim=1).cpu()
        packed = pack_padded_sequence(self.dropout(embedded), lengths, batch_first=True, enforce_sorted=False)
        hidden, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=mask.shape[1])
        emissions: Tensor = self.head(self.dropout(hidden))
        if self.around is not None and around is not None:
            emissions = emissions + self._said(self.around, around)
        return emissions

    def _said(self, table: nn.EmbeddingBag, around: Tensor) -> Tensor:
        """(texts, length, labels): what stands around each character says."""
        rows = around.flatten(0, 1)
        weights = nn.functional.dropout(
            torch.ones_like(rows, dtype=torch.float), self.config.around_dropout, self.training
        )
        return _FASTER * table(rows, per_sample_weights=weights).unflatten(0, around.shape[:2])

    def loss(self, emissions: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """Negative log-likelihood, mean over texts. pytorch-crf returns the positive one."""
        likelihood: Tensor = self.crf(emissions, labels, mask=mask, reduction="mean")
        return -likelihood

    @torch.no_grad()
    def decode(self, emissions: Tensor, mask: Tensor, legal: Tensor | None = None) -> list[list[int]]:
        """The best labels of each text. `legal` (labels + 1, labels + 1) bool: from, to; the last is outside the text.

        Illegal transitions are forbidden here and not in training, where they would only blow up the normaliser.
        """
        if legal is None:
            found: list[list[int]] = self.crf.decode(emissions, mask)
            return found
        crf: Any = CRF(self.config.labels, batch_first=True).to(emissions.device)
        forbidden = torch.where(legal, 0.0, _NEVER).to(emissions.device)
        crf.transitions.copy_(self.crf.transitions + forbidden[:-1, :-1])
        crf.start_transitions.copy_(self.crf.start_transitions + forbidden[-1, :-1])
        crf.end_transitions.copy_(self.crf.end_transitions + forbidden[:-1, -1])
        decoded: list[list[int]] = crf.decode(emissions, mask)
        return decoded

    def marginals(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """(texts, length, labels): probability of each label at each place, over all label sequences.

        The gradient of a sequence's log-likelihood by the emissions is its one-hot labels less the marginals.
        """
        with torch.enable_grad():
            leaf = emissions.detach().requires_grad_()
            zeros = torch.zeros(mask.shape, dtype=torch.long, device=mask.device)
            likelihood = self.crf(leaf, zeros, mask=mask, reduction="sum")
            (slope,) = torch.autograd.grad(likelihood, leaf)
        one_hot = torch.zeros_like(emissions)
        one_hot[..., 0] = 1.0
        marginals: Tensor = (one_hot - slope) * mask[..., None]
        return marginals
