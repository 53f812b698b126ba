"""A bag of n-grams through one narrow layer to all levels and hints at once (Joulin et al. 2016).

A sentence encoder's vector may be added, and what attention finds among the encoder's states of the tokens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from benchmarks.texts import features, sentences
from benchmarks.texts.outputs import loss_of, scores_of, width_of
from benchmarks.texts.states import States
from benchmarks.texts.task import Scores, Task, together
from ml.layers.descent import share_of_rate
from ml.types import Array

WIDTH, DROPOUT, GRAM_DROPOUT = 128, 0.5, 0.3
BATCH, RATE = 64, 5e-3  # of the n-grams
EPOCHS, DENSE = (10, 8), (5e-3, 3e-3)  # without and with states of tokens; rate of what is no n-gram

LOUD, MEANING_DROPOUT = 5.0, 0.2  # length of a sentence vector beside n-grams of length 1
HEADS, VALUES, LONGEST, STATE_DROPOUT = 16, 32, 64, 0.2  # of the attention; values a head, tokens
MEMBERS = 2  # bags that read tokens; one costs so little that two do
BLOCK = 256  # texts at once


@dataclass(frozen=True)
class _Rows:
    """What the bag reads of texts."""

    grams: sparse.csr_matrix
    meaning: Array  # (texts, width); width 0 where nobody asks for it
    states: States | None = None

    def __len__(self) -> int:
        return len(self.meaning)


class _Attention(nn.Module):
    """Heads that each ask all tokens of a text one thing, and say something of the mean of what they attended to."""

    def __init__(self, states: States, out: int) -> None:
        super().__init__()
        self.query = nn.Linear(states.width, HEADS)
        nn.init.zeros_(self.query.weight)  # at first all tokens count alike
        self.values = nn.Parameter(torch.randn(HEADS, VALUES, states.width) / math.sqrt(states.width))
        self.dropout, self.out = nn.Dropout(STATE_DROPOUT), nn.Linear(HEADS * VALUES, out)
        self.mean: Tensor
        mean, self.spread = states.scale()
        self.register_buffer("mean", mean)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        states = (states - self.mean) / self.spread  # (texts, tokens, width)
        weights = self.query(states).masked_fill(~mask[..., None], -1e9).softmax(dim=1)  # (texts, tokens, heads)
        attended = weights.transpose(1, 2) @ states  # (texts, heads, width)
        said = torch.einsum("thw,hvw->thv", attended, self.values).flatten(1)
        out: Tensor = self.out(self.dropout(said))
        return out


class _Bag(nn.Module):
    def __init__(self, rows: _Rows, outputs: int) -> None:
        super().__init__()
        # Sparse gradients: a step touches the n-grams of its batch, a tenth of the table.
        self.bag = nn.EmbeddingBag(rows.grams.shape[1], WIDTH, mode="sum", sparse=True)
        nn.init.normal_(self.bag.weight, std=0.05)
        meaning = rows.meaning.shape[1]
        self.meaning = nn.Linear(meaning, WIDTH, bias=False) if meaning else None
        self.attention = _Attention(rows.states, WIDTH) if rows.states is not None else None
        self.dropout, self.head = nn.Dropout(DROPOUT), nn.Linear(WIDTH, outputs)

    def forward(self, rows: _Rows, batch: NDArray[np.int64]) -> Tensor:
        grams = rows.grams[batch]
        index, starts = (torch.from_numpy(p.astype(np.int64)) for p in (grams.indices, grams.indptr[:-1]))
        weights = nn.functional.dropout(torch.from_numpy(grams.data), GRAM_DROPOUT, self.training)
        hidden = self.bag(index, starts, per_sample_weights=weights)
        if self.meaning is not None:
            meaning = nn.functional.dropout(torch.from_numpy(rows.meaning[batch]), MEANING_DROPOUT, self.training)
            hidden = hidden + self.meaning(LOUD * meaning)
        if self.attention is not None and rows.states is not None:
            hidden = hidden + self.attention(*rows.states.padded(batch, LONGEST))
        logits: Tensor = self.head(self.dropout(hidden))
        return logits


def bag(task: Task, seed: int) -> Scores:
    nothing = [np.zeros((len(texts), 0), np.float32) for texts in (task.texts, task.judged)]
    return _learned(task, *map(_Rows, features.of(task), nothing), seed)


def sentence_bag(task: Task, seed: int) -> Scores:
    """The same with a sentence encoder's vector, which is added through a layer of its own."""
    return _learned(task, *map(_Rows, features.of(task), sentences.directions(task)), seed)


def token_bag(task: Task, seed: int) -> Scores:
    """The same with the states of the tokens besides; the mean probability of two."""
    if task.states is None:
        raise ValueError(f"nobody has read the tokens of {task.name}: call sentences.read_tokens first")
    rows = list(map(_Rows, features.of(task), sentences.directions(task), task.states))
    return together([_learned(task, *rows, MEMBERS * seed + member) for member in range(MEMBERS)])


def _learned(task: Task, rows: _Rows, judged: _Rows, seed: int) -> Scores:
    torch.manual_seed(seed)
    model, draw = _Bag(rows, width_of(task)), np.random.default_rng(seed)
    dense = [parameter for name, parameter in model.named_parameters() if not name.startswith("bag.")]
    optimisers = [torch.optim.SparseAdam(list(model.bag.parameters())), torch.optim.AdamW(dense)]
    reads = model.attention is not None
    epochs, rates = EPOCHS[reads], (RATE, DENSE[reads])
    total, done = epochs * math.ceil(len(task.texts) / BATCH), 0
    for _ in range(epochs):
        order = draw.permutation(len(task.texts))
        for batch in np.split(order, range(BATCH, len(order), BATCH)):
            for optimiser, rate in zip(optimisers, rates, strict=True):
                optimiser.param_groups[0]["lr"] = rate * share_of_rate(done, total)
                optimiser.zero_grad()
            loss_of(task, model(rows, batch), batch).backward()  # type: ignore[no-untyped-call]
            for optimiser in optimisers:
                optimiser.step()
            done += 1
    model.eval()
    with torch.inference_mode():
        blocks = np.split(np.arange(len(judged)), range(BLOCK, len(judged), BLOCK))
        return scores_of(task, torch.cat([model(judged, block) for block in blocks]))
