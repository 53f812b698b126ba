"""Calibration: what a candidate's scores mean as a probability (Platt 1999, with every recaller as a witness)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Self

import numpy as np
from safetensors.numpy import load_file, save_file
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from ml.parts import Config, read_config, write_config
from ml.ranking.candidates import CandidatePool
from ml.types import Array


def evidence_matrix(pool: CandidatePool, ranked: Array) -> Array:
    """(pairs, 3 + 2 * recallers): ranker score, its log share within the video, for each recaller whether it proposed
    the tag and the log of its score, how many recallers agree.

    Logs turn the sum of the regression into a product of opinions, whatever scale a recaller counts in.
    """
    proposed = ~np.isnan(pool.scores)
    logs = np.log(np.where(proposed, np.maximum(pool.scores, 0.0), 1.0) + 1e-6)
    agreeing = proposed.sum(axis=1, keepdims=True)
    columns = [ranked[:, None], _log_share(pool, ranked)[:, None], proposed, np.where(proposed, logs, 0.0), agreeing]
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
    """confidence = sigmoid(w . (x - mean) / spread + b)."""

    def __init__(self, mean: Array, spread: Array, weight: Array, bias: Array) -> None:
        self.mean, self.spread, self.weight, self.bias = mean, spread, weight, bias

    @classmethod
    def fit(cls, pool: CandidatePool, ranked: Array, said: Array, weight: Array, config: Config) -> Self:
        """With too few examples of one kind the confidence is the share of true candidates."""
        x, said, weight = evidence_matrix(pool, ranked)[weight > 0], said[weight > 0], weight[weight > 0]
        mean = x.mean(axis=0) if len(x) else np.zeros(x.shape[1], np.float32)
        spread = np.maximum(x.std(axis=0), 1e-3) if len(x) else np.ones(x.shape[1], np.float32)
        true = int((said > 0).sum())
        if min(true, len(said) - true) < 2:
            share = (true + 1) / (len(said) + 2)
            return cls(mean, spread, np.zeros_like(mean), np.array([np.log(share / (1 - share))], np.float32))
        regression = LogisticRegression(C=float(config.get("strength", 1.0)), max_iter=500)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the last steps change the third digit at most
            regression.fit((x - mean) / spread, said > 0, sample_weight=weight)
        return cls(mean, spread, regression.coef_[0].astype(np.float32), regression.intercept_.astype(np.float32))

    def confidence(self, pool: CandidatePool, ranked: Array) -> Array:
        x = (evidence_matrix(pool, ranked) - self.mean) / self.spread
        logit = np.clip(x @ self.weight + self.bias, -30, 30)
        confidence: Array = (1 / (1 + np.exp(-logit))).astype(np.float32)
        return confidence

    def save(self, folder: Path) -> None:
        write_config(folder, {})
        tensors = {"mean": self.mean, "spread": self.spread, "weight": self.weight, "bias": self.bias}
        save_file(
            {name: np.ascontiguousarray(t, np.float32) for name, t in tensors.items()}, folder / "model.safetensors"
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        read_config(folder)
        return cls(**load_file(folder / "model.safetensors"))
