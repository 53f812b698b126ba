"""Sentences with a class: a line is the label, a space, and the tokens. `NAME.train.all` and `.test.all`, or `.all`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDS = 10


@dataclass(frozen=True)
class Split:
    """Texts to learn from and texts to judge on."""

    name: str
    train: list[str]
    train_labels: NDArray[np.int64]
    test: list[str]
    test_labels: NDArray[np.int64]

    @property
    def classes(self) -> int:
        return int(max(self.train_labels.max(), self.test_labels.max())) + 1


def find(data: Path) -> dict[str, list[Path]]:
    """Name of each set below a folder -> its files: [train, test], or one for cross-validation."""
    found: dict[str, list[Path]] = {}
    for path in sorted(data.rglob("*.all")):
        name, *part = path.name.removesuffix(".all").split(".")
        if not part:
            found[name] = [path]
        elif part == ["train"] and (test := path.with_name(f"{name}.test.all")).is_file():
            found[name] = [path, test]
    return found


def splits(name: str, files: list[Path], seed: int, folds: int = FOLDS) -> Iterator[Split]:
    """The official split, or `folds` of 10 folds."""
    parts = [_read(path) for path in files]
    if len(parts) == 2:
        yield Split(name, *parts[0], *parts[1])
        return
    texts, labels = parts[0]
    order = np.random.default_rng(seed).permutation(len(texts))
    for held_out in np.array_split(order, FOLDS)[:folds]:
        rest = np.setdiff1d(order, held_out)
        train, test = ([texts[i] for i in rows] for rows in (rest, held_out))
        yield Split(name, train, labels[rest], test, labels[held_out])


def _read(path: Path) -> tuple[list[str], NDArray[np.int64]]:
    # Not splitlines(): in Latin-1 a byte 0x85 is a line break to it.
    lines = [line.split(" ", 1) for line in path.read_text(encoding="latin-1").split("\n") if line.strip()]
    return [line[1] if len(line) > 1 else "" for line in lines], np.array([int(line[0]) for line in lines])
