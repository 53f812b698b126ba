"""A linear support vector machine a class over sparse rows, kept sparse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC
from torch import Tensor

from ml.types import Array

_LEAST = 0.01  # weights below it together move no margin of a row of length 1 by as much as they cost to keep


@dataclass(frozen=True)
class LinearMachine:
    """Margins of classes: above 1 a machine is sure of its class, below -1 of any other."""

    weights: sparse.csr_matrix  # (classes, columns)
    bias: Array  # (classes,)

    @classmethod
    def fitted(cls, rows: sparse.csr_matrix, labels: NDArray[np.int64], classes: int, seed: int = 0) -> Self:
        """`labels` is the class of each row; a class without rows is never told, nor is an only one."""
        weights = np.zeros((classes, rows.shape[1]), np.float32)
        bias = np.full(classes, -1.0, np.float32)
        if len(known := np.unique(labels)) > 1:
            model = LinearSVC(random_state=seed).fit(rows, labels)
            both = len(known) == 2  # then there is one machine, for the second class
            weights[known] = np.concatenate([-model.coef_, model.coef_]) if both else model.coef_
            bias[known] = np.concatenate([-model.intercept_, model.intercept_]) if both else model.intercept_
        weights[np.abs(weights) < _LEAST] = 0.0
        return cls(sparse.csr_matrix(weights), bias)

    def margins(self, rows: sparse.csr_matrix) -> Array:
        """(rows, classes)"""
        return np.asarray((rows @ self.weights.T).toarray() + self.bias, np.float32)

    def tensors(self) -> dict[str, Tensor]:
        """What to keep."""
        kept = {name: getattr(self.weights, name) for name in ("data", "indices", "indptr")} | {"bias": self.bias}
        return {f"linear.{name}": torch.from_numpy(np.ascontiguousarray(array)) for name, array in kept.items()}

    @classmethod
    def restored(cls, tensors: Mapping[str, Tensor], columns: int) -> Self:
        """What `tensors` gave, among others."""
        data, indices, indptr, bias = (tensors[f"linear.{n}"].numpy() for n in ("data", "indices", "indptr", "bias"))
        return cls(sparse.csr_matrix((data, indices, indptr), shape=(len(bias), columns)), bias)
