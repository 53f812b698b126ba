"""The text encoder (BOW + CNN + attention) and its parts alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from benchmarks.texts import features, sentences
from benchmarks.texts.outputs import loss_of, scores_of, width_of
from benchmarks.texts.task import Scores, Task
from ml.layers import word_pieces
from ml.layers.descent import DescentConfig, descend
from ml.layers.text_encoder import TextEncoder, TextEncoderConfig
from ml.layers.text_network import TextNetwork, Texts
from ml.layers.tokens import TokenTable
from ml.parts import silent
from ml.types import Array

LONGEST = 64
BLOCK = 256  # texts at once
PIECES = 20_000  # rows for pieces of words, where words are separated
WIDE = 3.0  # the bag learns so many times faster than the rest
MANY = 50  # outputs: n-grams have a number for each output, or for each of 128 that outputs are made from


@dataclass(frozen=True)
class Variant:
    convolutions: bool = True
    attention: bool = True
    wide: bool = True
    sentences: bool = False  # a sentence encoder's vector besides


VARIANTS = {
    "bow_cnn_attention": Variant(),
    "cnn_attention": Variant(wide=False),
    "cnn": Variant(attention=False, wide=False),
    "bow": Variant(convolutions=False),
}
READ = {"sentence_network": Variant(sentences=True)}


class _Direct(nn.Module):
    """The encoder's outputs are the classes."""

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.encoder = TextEncoder(config)

    def forward(self, texts: Texts) -> Tensor:
        logits: Tensor = self.encoder(texts.tokens, texts.mask, texts.grams, texts.pieces, texts.meaning)
        return logits


def encoder(task: Task, seed: int, variant: Variant, epochs: int) -> Scores:
    torch.manual_seed(seed)
    words, judged_words = ([features.split(t, task.spaced) for t in some] for some in (task.texts, task.judged))
    table, width = TokenTable.count(words), width_of(task)
    grams, judged_grams = features.of(task)
    meaning, judged_meaning = sentences.directions(task) if variant.sentences else (None, None)
    config = TextEncoderConfig(
        tokens=len(table),
        out=width if width <= MANY else 128,
        grams=grams.shape[1] if variant.wide else 0,
        pieces=PIECES if task.spaced and variant.convolutions else 0,
        width=128 if variant.convolutions else 2,
        kernels=(2, 3, 4),
        channels=100 if variant.convolutions else 1,
        attention=variant.attention,
        embed_dropout=0.2,
        token_dropout=0.1,
        wide_dropout=0.3,
        meaning=0 if meaning is None else meaning.shape[1],
    )
    model = _Direct(config) if width <= MANY else TextNetwork(config, width)
    texts = _read(table, words, grams, meaning, config)
    judged = _read(table, judged_words, judged_grams, judged_meaning, config)

    def loss(batch: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        return loss_of(task, model(texts.rows(batch)), batch)

    descend(model, len(texts), loss, DescentConfig(epochs, 1, 50, 2e-3, 1e-2, seed), silent)
    blocks = np.split(np.arange(len(judged)), range(BLOCK, len(judged), BLOCK))
    with torch.inference_mode():
        return scores_of(task, torch.cat([model(judged.rows(block)) for block in blocks]))


def _read(
    table: TokenTable,
    words: list[list[str]],
    grams: sparse.csr_matrix,
    meaning: Array | None,
    config: TextEncoderConfig,
) -> Texts:
    tokens, mask = table.encode(words, LONGEST)
    pieces = word_pieces.encode(words, tokens.shape[1], config.pieces) if config.pieces else None
    return Texts(tokens, mask, WIDE * grams, pieces, None if meaning is None else torch.from_numpy(meaning))
