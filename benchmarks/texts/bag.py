"""A bag of n-grams through one narrow layer to all levels and hints at once (Joulin et al. 2016)."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from benchmarks.texts import features
from benchmarks.texts.outputs import loss_of, scores_of, width_of
from benchmarks.texts.task import Scores, Task
from ml.layers.descent import share_of_rate

WIDTH, DROPOUT, GRAM_DROPOUT = 128, 0.5, 0.3
EPOCHS, BATCH, RATE = 10, 64, 5e-3


class _Bag(nn.Module):
    def __init__(self, grams: int, outputs: int) -> None:
        super().__init__()
        # Sparse gradients: a step touches the n-grams of its batch, a tenth of the table.
        self.bag = nn.EmbeddingBag(grams, WIDTH, mode="sum", sparse=True)
        nn.init.normal_(self.bag.weight, std=0.05)
        self.dropout, self.head = nn.Dropout(DROPOUT), nn.Linear(WIDTH, outputs)

    def forward(self, rows: sparse.csr_matrix) -> Tensor:
        index, starts = (torch.from_numpy(part.astype(np.int64)) for part in (rows.indices, rows.indptr[:-1]))
        weights = nn.functional.dropout(torch.from_numpy(rows.data), GRAM_DROPOUT, self.training)
        logits: Tensor = self.head(self.dropout(self.bag(index, starts, per_sample_weights=weights)))
        return logits


def bag(task: Task, seed: int) -> Scores:
    torch.manual_seed(seed)
    rows, judged = features.of(task)
    model, draw = _Bag(rows.shape[1], width_of(task)), np.random.default_rng(seed)
    optimisers = [torch.optim.SparseAdam(list(model.bag.parameters())), torch.optim.AdamW(model.head.parameters())]
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
