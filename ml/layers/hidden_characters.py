"""Guessing hidden characters: what a BERT can learn of texts before anyone has labelled them (Devlin et al. 2018, 3.1).

Whole characters are hidden, a new choice each time; the guess is read off the transposed table of characters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ml.layers.descent import DescentConfig, Rows, descend
from ml.layers.tokens import UNKNOWN
from ml.parts import Step

_SHARE = 0.15  # of the characters
_SPECIAL = 2  # rows of padding and of the unknown character, which is also what hides others
Read = Callable[[int], tuple[Tensor, Tensor]]  # number of a batch -> characters (texts, length) and their mask


class Guesser(nn.Module):
    """A BERT under a layer of its own width and the transposed table."""

    def __init__(self, bert: Any) -> None:
        super().__init__()
        width, characters = bert.config.hidden_size, bert.config.vocab_size
        self.bert = bert
        self.turn = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(characters))

    def forward(self, shown: Tensor, mask: Tensor, asked: Tensor) -> Tensor:
        """(places that are asked for, characters), logits."""
        states = self.bert(input_ids=shown, attention_mask=mask.long()).last_hidden_state[asked]
        logits: Tensor = self.turn(states) @ self.bert.embeddings.word_embeddings.weight.T + self.bias
        return logits

    def loss(self, characters: Tensor, mask: Tensor, generator: torch.Generator) -> Tensor:
        """Cross entropy of the hidden ones; 0 where the draw hides none."""
        shown, asked = hidden(characters, mask, self.bert.config.vocab_size, generator)
        if not asked.any():
            return self.bias.sum() * 0
        return nn.functional.cross_entropy(self(shown, mask, asked), characters[asked])


def hidden(
    characters: Tensor, mask: Tensor, table: int, generator: torch.Generator, share: float = _SHARE
) -> tuple[Tensor, Tensor]:
    """What is shown, and which places are asked for: eight of ten hidden, one another character, one as it is.

    Places of unknown characters are not asked for.
    """
    chance, fate = (torch.rand(characters.shape, generator=generator).to(characters.device) for _ in range(2))
    asked = (chance < share) & mask & (characters >= _SPECIAL)
    others = torch.randint(_SPECIAL, max(table, _SPECIAL + 1), characters.shape, generator=generator)
    shown = torch.where(asked & (fate < 0.8), UNKNOWN, characters)
    shown = torch.where(asked & (fate >= 0.9), others.to(characters.device), shown)
    return shown, asked


def learn(bert: Any, batches: int, read: Read, config: DescentConfig, step: Step) -> list[float]:
    """Teach a BERT to guess what its texts hide; `config.batch` is 1, one of `batches`. Returns each step's loss."""
    guesser = Guesser(bert).to(bert.device)

    def loss(rows: Rows, generator: torch.Generator) -> Tensor:
        characters, mask = read(int(rows[0]))
        return guesser.loss(characters, mask, generator)

    return descend(guesser, batches, loss, config, step)
