"""A bag of n-grams through one narrow layer to all levels and hints at once (Joulin et al. 2016)."""

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
from benchmarks.texts.task import Scores, Task
from ml.layers.descent import share_of_rate
from ml.types import Array

WIDTH, DROPOUT, GRAM_DROPOUT = 128, 0.5, 0.3
EPOCHS, BATCH, RATE = 10, 64, 5e-3


LOUD, MEANING_DROPOUT = 5.0, 0.2  # length of a sentence vector beside n-grams of length 1


@dataclass(frozen=True)
class _Rows:
    """What the bag reads of texts."""

    grams: sparse.csr_matrix
    meaning: Array  # (texts, width); width 0 where nobody asks for it

    def __getitem__(self, batch: NDArray[np.int64]) -> _Rows:
        return _Rows(self.grams[batch], self.meaning[batch])


class _Bag(nn.Module):
    def __init__(self, grams: int, meaning: int, outputs: int) -> None:
        super().__init__()
        # Sparse gradients: a step touches the n-grams of its batch, a tenth of the table.
        self.bag = nn.EmbeddingBag(grams, WIDTH, mode="sum", sparse=True)
        nn.init.normal_(self.bag.weight, std=0.05)
        self.meaning = nn.Linear(meaning, WIDTH, bias=False) if meaning else None
        self.dropout, self.head = nn.Dropout(DROPOUT), nn.Linear(WIDTH, outputs)

    def forward(self, rows: _Rows) -> Tensor:
        index, starts = (torch.from_numpy(p.astype(np.int64)) for p in (rows.grams.indices, rows.grams.indptr[:-1]))
        weights = nn.functional.dropout(torch.from_numpy(rows.grams.data), GRAM_DROPOUT, self.training)
        hidden = self.bag(index, starts, per_sample_weights=weights)
        if self.meaning is not None:
            meaning = nn.functional.dropout(torch.from_numpy(rows.meaning), MEANING_DROPOUT, self.training)
            hidden = hidden + self.meaning(LOUD * meaning)
        logits: Tensor = self.head(self.dropout(hidden))
        return logits


def bag(task: Task, seed: int) -> Scores:
    nothing = [np.zeros((len(texts), 0), np.float32) for texts in (task.texts, task.judged)]
    return _learned(task, *map(_Rows, features.of(task), nothing), seed)


def sentence_bag(task: Task, seed: int) -> Scores:
    """The same with a sentence encoder's vector, which is added through a layer of its own."""
    return _learned(task, *map(_Rows, features.of(task), sentences.directions(task)), seed)


def _learned(task: Task, rows: _Rows, judged: _Rows, seed: int) -> Scores:
    torch.manual_seed(seed)
    model, draw = _Bag(rows.grams.shape[1], rows.meaning.shape[1], width_of(task)), np.random.default_rng(seed)
    dense = [parameter for name, parameter in model.named_parameters() if not name.startswith("bag.")]
    optimisers = [torch.optim.SparseAdam(list(model.bag.parameters())), torch.optim.AdamW(dense)]
    total, done = EPOCHS * math.ceil(len(task.texts) / BATCH), 0
    for _ in range(EPOCHS):
        order = draw.permutation(len(task.texts))
        for batch in np.split(order, range(BATCH, len(order), BATCH)):
            for optimiser in optimisers:
                optimiser.param_groups[0]["lr"] = RATE * share_of_rate(done, total)
                optimiser.zero_grad()
            loss_of(task, model(rows[batch]), batch).backward()  # type: ignore[no-untyped-call]
            for optimiser in optimisers:
                optimiser.step()
            done += 1
    model.eval()
    with torch.inference_mode():
        return scores_of(task, model(judged))
