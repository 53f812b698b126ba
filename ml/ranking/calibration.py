"""Calibration: what a candidate's scores mean as a probability (Platt 1999, with every recaller as a witness)."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from safetensors.numpy import load_file, save_file

from ml.parts import Config, read_config, write_config
from ml.ranking.candidates import CandidatePool
from ml.ranking.regression import Regression, sigmoid
from ml.types import Array


def evidence_matrix(pool: CandidatePool, ranked: Array) -> Array:
    """(pairs, 3 + 2 * recallers): ranker score, its log share within the video, and `CandidatePool.opinions`."""
    columns = [ranked[:, None], _log_share(pool, ranked)[:, None], pool.opinions()]
    matrix: Array = np.concatenate(columns, axis=1).astype(np.float32)
    return matrix


def _log_share(pool: CandidatePool, ranked: Array) -> Array:
    """log softmax of the ranker score over the candidates of each video."""
    if not len(ranked):
        return ranked
    highest = np.full(pool.videos, -np.inf)
    np.maximum.at(highest, pool.video, ranked)
    total = np.bincount(pool.video, np.exp(ranked - highest[pool.video]), minlength=pool.videos)
    share: Array = (ranked - highest[pool.video] - np.log(total[pool.video])).astype(np.float32)
    return share


class LogisticCalibrator:
    """One regression for all tags."""

    def __init__(self, regression: Regression) -> None:
        self.regression = regression

    @classmethod
    def fit(cls, pool: CandidatePool, ranked: Array, said: Array, weight: Array, config: Config) -> Self:
        """With too few examples of one kind the confidence is the share of true candidates."""
        strength = float(config.get("strength", 1.0))
        return cls(Regression.fit(evidence_matrix(pool, ranked), said, weight, strength))

    def confidence(self, pool: CandidatePool, ranked: Array) -> Array:
        return sigmoid(self.regression.logits(evidence_matrix(pool, ranked)))

    def save(self, folder: Path) -> None:
        write_config(folder, {})
        save_file(self.regression.tensors(), folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path) -> Self:
        read_config(folder)
        return cls(Regression(**load_file(folder / "model.safetensors")))
