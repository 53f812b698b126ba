"""What a sequence tagger is not shown while it learns: some characters, and for some texts the book of phrases.

Inputs are characters and bigrams (texts, length), their mask, and, where surroundings are heard, the rows of those
(texts, length, places). What is left out is drawn anew each time.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ml.layers.tokens import UNKNOWN
from ml.layers.window_grams import PLACES

CLOSED = 0.5  # share of the texts to learn from that do without the book of phrases


def forgetful(inputs: list[Tensor], share: float, generator: torch.Generator) -> list[Tensor]:
    """With a share of the characters, and of the bigrams, shown as unknown."""
    characters, bigrams, mask, *rest = inputs
    if not share:
        return inputs
    shown = []
    for rows in (characters, bigrams):
        lost = (torch.rand(rows.shape, generator=generator) < share).to(rows.device) & mask
        shown.append(rows.masked_fill(lost, UNKNOWN))
    return [*shown, mask, *rest]


def bookless(inputs: list[Tensor], generator: torch.Generator) -> list[Tensor]:
    """Without the book for some of the texts. Who could always look up would not learn to read what is in no book."""
    *heard, around = inputs
    if len(heard) < 3:  # characters, bigrams and their mask: nothing is heard around them
        return inputs
    closed = torch.rand(len(around), 1, 1, generator=generator) < CLOSED
    in_book = torch.arange(around.shape[2]) >= len(PLACES)
    return [*heard, around.masked_fill((closed & in_book).to(around.device), 0)]
