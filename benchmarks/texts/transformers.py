"""ALBERT fine-tuned on a task: pretrained on the task's own texts, or from fresh weights of the same size."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from benchmarks.texts.outputs import loss_of, scores_of, width_of
from benchmarks.texts.task import Scores, Task
from ml.layers.descent import DescentConfig, descend
from ml.parts import silent
from ml.pretraining import albert, albert_training, vocabulary
from ml.pretraining.corpus import Corpus
from ml.pretraining.settings import Settings

SIZE = Settings(hidden=128, layers=3, intermediate=512)
EPOCHS, RATE = 6, 5e-4
BLOCK = 256  # texts at once


class _Classifier(nn.Module):
    """Mean and maximum of the states, dropout, a linear layer."""

    def __init__(self, encoder: Any, outputs: int) -> None:
        super().__init__()
        self.encoder, self.dropout = encoder, nn.Dropout(0.3)
        self.head = nn.Linear(2 * encoder.config.hidden_size, outputs)

    def forward(self, rows: list[Tensor]) -> Tensor:
        pieces = pad_sequence(rows, batch_first=True)
        mask = torch.arange(pieces.shape[1])[None, :] < torch.tensor([len(row) for row in rows])[:, None]
        states = self.encoder(pieces, attention_mask=mask.long()).last_hidden_state
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        most = states.masked_fill(~mask[..., None], -1e4).amax(1)
        logits: Tensor = self.head(self.dropout(torch.cat([mean, most], dim=1)))
        return logits


def fine_tuned(task: Task, seed: int, steps: int) -> Scores:
    """With `steps` of pretraining before; 0 = from scratch."""
    settings = replace(SIZE, steps=steps, seed=seed)
    tokenizer = vocabulary.train(task.texts, settings.vocabulary)
    model = albert.network(settings, tokenizer)
    if steps:
        corpus = Corpus.encode(task.texts, tokenizer)
        learned, kept = (
            albert_training.batches(settings, tokenizer, corpus, part) for part in albert_training.parts(corpus, seed)
        )
        with tempfile.TemporaryDirectory() as folder:
            albert_training.learn(model, learned, settings, Path(folder) / "checkpoint.safetensors", silent)
        print(task.name, "held out:", albert_training.judged(model, kept), file=sys.stderr, flush=True)
    torch.manual_seed(seed)
    classifier = _Classifier(model.albert, width_of(task))
    rows, judged = (_rows(tokenizer, texts, settings.longest) for texts in (task.texts, task.judged))

    def loss(batch: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        return loss_of(task, classifier([rows[i] for i in batch]), batch)

    descend(classifier, len(rows), loss, DescentConfig(EPOCHS, 1, 50, RATE, 1e-2, seed), silent)
    with torch.inference_mode():
        parts = [classifier(judged[start : start + BLOCK]) for start in range(0, len(judged), BLOCK)]
        return scores_of(task, torch.cat(parts))


def _rows(tokenizer: Any, texts: list[str], longest: int) -> list[Tensor]:
    begin, end = (tokenizer.token_to_id(token) for token in (vocabulary.CLS, vocabulary.SEP))
    found = tokenizer.encode_batch(texts, add_special_tokens=False)
    return [torch.tensor([begin, *row.ids[: longest - 2], end]) for row in found]
