"""Embeddings as bytes: PCA with whitening, clipped to [-2, 2], 8 bits a number.

Post-processing of the embeddings that were released with AudioSet and YouTube-8M (Hershey et al. 2017;
Abu-El-Haija et al. 2016, section 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from ml.types import Array

LOW, HIGH, LEVELS = -2.0, 2.0, 255.0
MATRIX, MEAN = "pca_eigen_vectors", "pca_means"  # as in the released file of parameters
NOISE = 1e-4  # directions with less than this share of the greatest variance are noise: whitening would blow them up

Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class EmbeddingCodes:
    """y = matrix (x - mean), then bytes. matrix (dim, dim): one whitened direction a row; mean (dim,)."""

    matrix: Array
    mean: Array

    @classmethod
    def fit(cls, rows: Array) -> Self:
        """From embeddings (n, dim): directions of falling variance, each scaled to deviation 1."""
        mean = rows.mean(axis=0, dtype=np.float64)
        covariance = np.cov(rows.astype(np.float64) - mean, rowvar=False, bias=True)
        variance, vectors = np.linalg.eigh(np.atleast_2d(covariance))
        variance, vectors = variance[::-1], vectors[:, ::-1]
        vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(vectors))] < 0, -1.0, 1.0)
        heard = variance > NOISE * max(float(variance[0]), 1e-12)
        scale = np.where(heard, 1 / np.sqrt(np.where(heard, variance, 1.0)), 0.0)
        matrix = np.ascontiguousarray((vectors * scale).T, np.float32)
        return cls(matrix, mean.astype(np.float32))

    def encode(self, rows: Array) -> Codes:
        """(n, dim) embeddings -> (n, dim) bytes: floor((y + 2) * 255 / 4)."""
        clipped = np.clip((rows - self.mean) @ self.matrix.T, LOW, HIGH)
        codes: Codes = ((clipped - LOW) * (LEVELS / (HIGH - LOW))).astype(np.uint8)
        return codes

    def save(self, file: Path) -> None:
        """As safetensors, under the released names."""
        save_file({MATRIX: self.matrix, MEAN: self.mean}, file)

    @classmethod
    def load(cls, file: Path) -> Self:
        """What `save` kept, or the released parameters, whose mean is a column. KeyError names what is not there."""
        tensors = load_file(file)
        return cls(tensors[MATRIX].astype(np.float32), tensors[MEAN].astype(np.float32).reshape(-1))


def decode(codes: Codes) -> Array:
    """The middle of the interval that each byte stands for (the reader of YouTube-8M): q * 4 / 255 + (4 / 512 - 2)."""
    span = HIGH - LOW
    middles: Array = codes.astype(np.float32) * np.float32(span / LEVELS) + np.float32(span / 512 + LOW)
    return middles
