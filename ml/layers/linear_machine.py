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
_MOST = 6_000  # weights of a class that are kept, the strongest: a part grows with tags, not with tags times n-grams
_EXAMPLES = 3  # a tag that fewer texts have gets no machine of its own
_NEVER = -1.0  # margin where there is no machine


@dataclass(frozen=True)
class LinearMachine:
    """Margins of classes: above 1 a machine is sure of its class, below -1 of any other."""

    weights: sparse.csr_matrix  # (classes, columns)
    bias: Array  # (classes,)

    @classmethod
    def fitted(cls, rows: sparse.csr_matrix, labels: NDArray[np.int64], classes: int, seed: int = 0) -> Self:
        """`labels` is the class of each row; a class without rows is never told, nor is an only one."""
        weights = np.zeros((classes, rows.shape[1]), np.float32)
        bias = np.full(classes, _NEVER, np.float32)
        if len(known := np.unique(labels)) > 1:
            model = LinearSVC(random_state=seed).fit(rows, labels)
            both = len(known) == 2  # then there is one machine, for the second class
            weights[known] = np.concatenate([-model.coef_, model.coef_]) if both else model.coef_
            bias[known] = np.concatenate([-model.intercept_, model.intercept_]) if both else model.intercept_
        return cls(sparse.vstack([_strongest(row) for row in weights], format="csr"), bias)

    @classmethod
    def of_tags(
        cls, rows: sparse.csr_matrix, said: sparse.csr_matrix, ignored: sparse.csr_matrix, seed: int = 0
    ) -> Self:
        """A machine for each tag that may be said beside others; `said` and `ignored`: (rows, tags), 1 where it holds.

        Rows that are ignored for a tag are not shown to its machine.
        """
        said, ignored = said.tocsc(), ignored.tocsc()  # read tag by tag
        rows = rows.astype(np.float64)  # or each machine would convert them again
        nothing = sparse.csr_matrix((1, rows.shape[1]), dtype=np.float32)
        found, bias = [nothing[:0]], np.full(said.shape[1], _NEVER, np.float32)
        for tag in range(said.shape[1]):
            label, shown = said[:, [tag]].toarray()[:, 0] > 0, ignored[:, [tag]].toarray()[:, 0] == 0
            label, texts = label[shown], rows if shown.all() else rows[shown]
            if not rows.shape[1] or label.sum() < _EXAMPLES or label.all():
                found.append(nothing)
                continue
            model = LinearSVC(C=0.5, random_state=seed).fit(texts, label)
            found.append(_strongest(model.coef_[0]))
            bias[tag] = model.intercept_[0]
        return cls(sparse.vstack(found, format="csr"), bias)

    @property
    def there(self) -> NDArray[np.bool_]:
        """(classes,) whether a class has a machine."""
        return np.asarray(np.diff(self.weights.indptr) > 0)

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


def _strongest(weights: NDArray[np.floating]) -> sparse.csr_matrix:
    """(1, columns)"""
    size = np.abs(weights)
    least = max(_LEAST, float(np.partition(size, -_MOST)[-_MOST])) if len(size) > _MOST else _LEAST
    return sparse.csr_matrix(np.where(size >= least, weights, 0.0).astype(np.float32)[None])
