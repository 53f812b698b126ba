"""The cheap first opinion of a candidate: what the recallers said of it, and how common its tag is."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.parts import TrainingSet
from ml.ranking.candidates import CandidatePool
from ml.ranking.regression import Regression, sigmoid
from ml.types import Array


class FirstScorer:
    """Log-odds by a regression over the recallers' scores. A candidate's does not depend on the other candidates."""

    def __init__(self, regression: Regression, prior: Array) -> None:
        self.regression, self.prior = regression, prior

    @classmethod
    def fit(cls, data: TrainingSet, pool: CandidatePool) -> Self:
        """From scores of models that have not seen the videos; unsaid tags above a said one count neither way."""
        prior = log_prior(data)
        said, known = pool.look_up(data.positive), 1 - pool.look_up(data.implied)
        return cls(Regression.fit(_columns(pool, prior), said, known, 1.0), prior)

    def logits(self, pool: CandidatePool) -> Array:
        """(pairs,) for a pool of the same recallers."""
        return self.regression.logits(self.columns(pool))

    def columns(self, pool: CandidatePool) -> Array:
        """(pairs, 3 * recallers + 2): what is known of a candidate without looking at its video."""
        return _columns(pool, self.prior)

    def matrix(self, pool: CandidatePool, tags: int) -> sparse.csr_matrix:
        """(videos, tags) probability of each candidate, 0 elsewhere."""
        return sparse.csr_matrix((sigmoid(self.logits(pool)), (pool.video, pool.column)), shape=(pool.videos, tags))

    def tensors(self) -> dict[str, Array]:
        return self.regression.tensors() | {"prior": self.prior}

    @classmethod
    def restored(cls, tensors: dict[str, Array]) -> Self:
        """From `tensors`."""
        parts = {name: tensors[name] for name in ("mean", "spread", "weight", "bias")}
        return cls(Regression(**parts), tensors["prior"])


def log_prior(data: TrainingSet) -> Array:
    """(tags,) log-odds of a tag to be said of a video, smoothed by one of either kind."""
    said: NDArray[np.float64] = np.asarray(data.positive.sum(axis=0), dtype=np.float64).ravel()
    prior: Array = np.log((said + 1) / (len(data) - said + 1)).astype(np.float32)
    return prior


def _columns(pool: CandidatePool, prior: Array) -> Array:
    columns: Array = np.concatenate([pool.opinions(), pool.certainties(), prior[pool.column][:, None]], axis=1)
    return columns
