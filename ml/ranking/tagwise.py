"""Calibration a tag: one regression for all tags, and each tag's own bend of it where its examples bear it out."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from safetensors.numpy import load_file, save_file

from ml.parts import Config, read_config, write_config
from ml.ranking import shrunk
from ml.ranking.calibration import evidence_matrix
from ml.ranking.candidates import CandidatePool
from ml.ranking.regression import Regression, sigmoid
from ml.types import Array


class TagwiseCalibrator:
    """confidence = sigmoid(slope_t * shared + offset_t); a tag that it was not fitted on keeps the shared one."""

    def __init__(self, regression: Regression, slope: Array, offset: Array) -> None:
        self.regression, self.slope, self.offset = regression, slope, offset

    @classmethod
    def fit(cls, pool: CandidatePool, ranked: Array, said: Array, weight: Array, config: Config) -> Self:
        """Settings: `strength` of the shared regression, `pooling` of the tags (examples that a prior is worth)."""
        x = _evidence(pool, ranked)
        regression = Regression.fit(x, said, weight, float(config.get("strength", 1.0)))
        tags = int(pool.column.max()) + 1 if len(pool) else 0
        if not regression.weight.any():  # too few examples for one regression are too few for many
            return cls(regression, np.ones(tags, np.float32), np.zeros(tags, np.float32))
        # The prior's curvature is that of examples of confidence one half, a quarter each.
        strength = float(config.get("pooling", 20.0)) / 4
        return cls(regression, *shrunk.fit(regression.logits(x), said, weight, pool.column, tags, strength))

    def confidence(self, pool: CandidatePool, ranked: Array) -> Array:
        logits = self.regression.logits(_evidence(pool, ranked))
        known = pool.column < len(self.slope)
        column = np.where(known, pool.column, 0)
        if len(self.slope):
            logits = np.where(known, self.slope[column] * logits + self.offset[column], logits)
        return sigmoid(logits)

    def save(self, folder: Path) -> None:
        write_config(folder, {})
        own = {"slope": np.ascontiguousarray(self.slope), "offset": np.ascontiguousarray(self.offset)}
        save_file(
            self.regression.tensors() | {f"tags.{n}": part for n, part in own.items()}, folder / "model.safetensors"
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        read_config(folder)
        parts = load_file(folder / "model.safetensors")
        slope, offset = parts.pop("tags.slope"), parts.pop("tags.offset")
        return cls(Regression(**parts), slope, offset)


def _evidence(pool: CandidatePool, ranked: Array) -> Array:
    evidence: Array = np.concatenate([evidence_matrix(pool, ranked), pool.certainties()], axis=1)
    return evidence
