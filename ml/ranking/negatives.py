"""What a video's true tags are compared with: random tags, and proposed ones that nobody confirmed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.parts import TrainingSet
from ml.types import Array


@dataclass(frozen=True)
class Negatives:
    """Weights of negatives. A true tag and an ancestor of one are never among them."""

    random: int = 400  # tags drawn for a batch
    random_weight: float = 1.0
    proposed_weight: float = 0.5  # nobody said no: it may be true, so it pushes less
    rejected_weight: float = 1.0

    def sample(
        self, rows: NDArray[np.int64], data: TrainingSet, proposed: sparse.csr_matrix, generator: np.random.Generator
    ) -> tuple[NDArray[np.int64], Array, Array]:
        """For a batch of videos: (columns,) tags to compare, (videos, columns) positives, (videos, columns) weights."""
        tags = len(data.vocabulary)
        drawn = generator.choice(tags, size=min(self.random, tags), replace=False)
        parts = [matrix[rows] for matrix in (data.positive, data.negative, proposed)]
        columns = np.unique(np.concatenate([drawn, *(part.indices for part in parts)])).astype(np.int64)
        positive, rejected, hard = (part[:, columns].toarray() for part in parts)
        weight = np.where(np.isin(columns, drawn)[None, :], self.random_weight, 0.0)
        weight = np.where(hard > 0, self.proposed_weight, weight)
        weight = np.where(rejected > 0, self.rejected_weight, weight)
        true = (positive > 0) | (data.implied[rows][:, columns].toarray() > 0)
        return columns, positive.astype(np.float32), np.where(true, 0.0, weight).astype(np.float32)
