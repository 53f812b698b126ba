"""One vector of outputs for all levels of a task, and for the hints when there are any."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.texts.task import UNKNOWN, Scores, Task

SMOOTHING = 0.1
HINTS = 0.5  # weight of the hints in the loss


def width_of(task: Task) -> int:
    return sum(task.classes) + (0 if task.hints is None else task.hints.shape[1])


def loss_of(task: Task, logits: Tensor, batch: NDArray[np.int64]) -> Tensor:
    """Cross entropy on each level, of the texts that have a class there, and whether each hint holds."""
    total = logits.new_zeros(())
    smoothing = SMOOTHING if len(task.classes) > 1 else 0.0
    parts = torch.split(logits, [*task.classes, width_of(task) - sum(task.classes)], dim=1)
    for level, part in enumerate(parts[:-1]):
        labels = torch.from_numpy(task.labels[batch, level])
        each = F.cross_entropy(part, labels, ignore_index=UNKNOWN, label_smoothing=smoothing, reduction="sum")
        total = total + each / len(batch)
    if task.hints is not None:
        hints = torch.from_numpy(task.hints[batch])
        total = total + HINTS * F.binary_cross_entropy_with_logits(parts[-1], hints, reduction="sum") / len(batch)
    return total


def scores_of(task: Task, logits: Tensor) -> Scores:
    parts = torch.split(logits[:, : sum(task.classes)], list(task.classes), dim=1)
    return [F.log_softmax(part.double(), dim=1).numpy() for part in parts]
