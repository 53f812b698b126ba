"""Recall by what is heard: a kernel machine over how a clip's sound is spread, and how it moves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from ml.layers.kernel_machine import KernelMachine
from ml.layers.pooling import audible
from ml.layers.selection import top
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.types import Array, Candidate, Features, Vocabulary

MOST = 2000  # clips that are learned from: the work grows with their third power
_LEAST = 0.02  # a score below is noise


class SoundClassifier:
    """Learns from few clips within seconds and without a network; the score is near 1 where the tag holds.

    With `logmel.v2`, or `texture.v1` beside another sound, it reaches 0.90 on ESC-10.
    """

    needs: ClassVar[tuple[str, ...]] = ("sound",)
    excludes_self: ClassVar[bool] = False

    def __init__(self, vocabulary: Vocabulary, machine: KernelMachine | None, columns: NDArray[np.int64]) -> None:
        self.vocabulary, self.machine = vocabulary, machine
        self.columns = columns  # of the vocabulary, one a target of the machine

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Tags that were said of clips with sound; there is nothing to go on from in `warm`."""
        heard = {i: row for i, item in enumerate(data.features) if (row := described(item)) is not None}
        rows = list(heard)
        if len(rows) > MOST:
            rows = sorted(np.random.default_rng(int(config.get("seed", 0))).choice(rows, MOST, replace=False).tolist())
        said = data.positive[rows].toarray() if rows else np.zeros((0, len(data.vocabulary)), np.float32)
        columns = np.flatnonzero(said.any(axis=0) & assignable(data.vocabulary))
        machine = KernelMachine.fit(np.stack([heard[i] for i in rows]), said[:, columns]) if len(columns) else None
        step(1, 1, None)
        return cls(data.vocabulary, machine, columns)

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """At most `k` candidates a video, best first; none without sound or with sound of another extractor."""
        answers: list[list[Candidate]] = [[] for _ in features]
        machine, ids = self.machine, self.vocabulary.ids
        found = {i: row for i, item in enumerate(features) if (row := described(item)) is not None}
        asked = [i for i, row in found.items() if machine is not None and len(row) == len(machine.mean)]
        if machine is None or not asked:
            return answers
        scores = machine.scores(np.stack([found[i] for i in asked]))
        scores[scores < _LEAST] = -np.inf
        for i, row, best in zip(asked, scores, top(scores, k), strict=True):
            answers[i] = [
                Candidate(ids[column], min(score, 1.0))
                for column, score in zip(self.columns[best].tolist(), row[best].tolist(), strict=True)
            ]
        return answers

    def save(self, folder: Path) -> None:
        """config.json with the tags, and the machine."""
        write_config(folder, {"tags": [self.vocabulary.ids[column] for column in self.columns.tolist()]})
        if self.machine is not None:
            save_file(self.machine.tensors(), folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        """What `save` kept. Raises ValueError where a tag is not of the vocabulary."""
        tags = read_config(folder)["tags"]
        if any(tag not in vocabulary for tag in tags):
            raise ValueError(f"{folder} was trained for another vocabulary")
        columns = np.array([vocabulary.column[tag] for tag in tags], dtype=np.int64)
        file = folder / "model.safetensors"
        return cls(vocabulary, KernelMachine.restored(load_file(file)) if file.is_file() else None, columns)


def described(features: Features) -> Array | None:
    """(2 * width,) mean and deviation over the examples of the clip that are not silent; None without any.

    Read from the texture of the sound where the stack extracts it, for a network's rows say less to this machine.
    """
    heard = audible(features.sound if features.texture is None else features.texture)
    return None if heard is None else np.concatenate([heard.mean(axis=0), heard.std(axis=0)])
