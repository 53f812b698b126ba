"""Labelled multivariate series in sktime's `.ts` format: a dimension a colon, the class last."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Series:
    """Series of different lengths as one padded tensor."""

    values: Tensor  # (series, most steps, dimensions)
    mask: Tensor  # (series, most steps)
    labels: NDArray[np.int64]


def find(data: Path) -> dict[str, tuple[Path, Path]]:
    """Name of each set below a folder -> its official train and test file."""
    found = {}
    for train in sorted(data.rglob("*TRAIN.ts")):
        name = train.name.removesuffix("TRAIN.ts").rstrip("_") or train.parent.name
        test = train.with_name(train.name.replace("TRAIN", "TEST"))
        if test.is_file():
            found[name] = (train, test)
    return found


def read(train: Path, test: Path) -> tuple[Series, Series]:
    """Both files, standardised by the training file."""
    parts = [_parse(path) for path in (train, test)]
    names = sorted({label for _, labels in parts for label in labels})
    every = np.concatenate(parts[0][0])
    mean, spread = every.mean(axis=0), every.std(axis=0) + 1e-6
    first, second = (_pad([(s - mean) / spread for s in series], labels, names) for series, labels in parts)
    return first, second


def _parse(path: Path) -> tuple[list[NDArray[np.float64]], list[str]]:
    series, labels = [], []
    started = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if started and line.strip():
            *dimensions, label = line.strip().split(":")
            series.append(np.array([[float(x) for x in d.split(",")] for d in dimensions]).T)
            labels.append(label)
        started = started or line.strip().lower() == "@data"
    return series, labels


def _pad(series: list[NDArray[np.float64]], labels: list[str], names: list[str]) -> Series:
    most = max(len(one) for one in series)
    values = np.zeros((len(series), most, series[0].shape[1]), np.float32)
    mask = np.zeros((len(series), most), bool)
    for i, one in enumerate(series):
        values[i, : len(one)], mask[i, : len(one)] = one, True
    return Series(torch.from_numpy(values), torch.from_numpy(mask), np.array([names.index(x) for x in labels]))
