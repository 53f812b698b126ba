"""What an encoder says of each token of texts, in one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

_SAMPLED = 16  # of so many states one is asked for their mean and spread
_PARTS = ("rows", "starts")


@dataclass(frozen=True)
class States:
    """Texts behind each other."""

    rows: NDArray[np.float16]  # (tokens of all texts, width)
    starts: NDArray[np.int64]  # (texts + 1,) where each text begins, and the end

    @classmethod
    def of(cls, texts: Sequence[NDArray[np.float16]]) -> Self:
        """From each text's (tokens, width)."""
        return cls(np.concatenate(texts), np.cumsum([0, *map(len, texts)]))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def width(self) -> int:
        return int(self.rows.shape[1])

    def padded(self, texts: NDArray[np.int64], longest: int) -> tuple[Tensor, Tensor]:
        """(texts, tokens, width) states of some texts, cut after `longest` tokens, and where there is one."""
        found = [torch.from_numpy(self.rows[self.starts[i] : self.starts[i + 1]][:longest]).float() for i in texts]
        length = torch.tensor([len(text) for text in found])
        return pad_sequence(found, batch_first=True), torch.arange(int(length.max()))[None, :] < length[:, None]

    def scale(self) -> tuple[Tensor, float]:
        """Mean (width,) and spread of a part of the states."""
        some = self.rows[::_SAMPLED].astype(np.float32)
        mean = some.mean(axis=0)
        return torch.from_numpy(mean), float((some - mean).std())

    def parted(self, texts: int) -> tuple[States, States]:
        """The first `texts` of them, and the others."""
        cut = self.starts[texts]
        first = States(self.rows[:cut], self.starts[: texts + 1])
        return first, States(self.rows[cut:], self.starts[texts:] - cut)

    def save(self, path: Path) -> None:
        np.savez(path, **{name: getattr(self, name) for name in _PARTS})

    @classmethod
    def load(cls, path: Path) -> Self:
        with np.load(path) as kept:
            return cls(*(kept[name] for name in _PARTS))


@torch.inference_mode()
def read(model: Any, tokens: Sequence[Sequence[int]], layer: int, padding: int, batch: int = 16) -> States:
    """The states of each text's tokens after `layer` layers of a BERT."""
    found: list[NDArray[np.float16]] = [np.zeros((0, 0), np.float16)] * len(tokens)
    order = sorted(range(len(tokens)), key=lambda i: -len(tokens[i]))  # of one length: little is padded
    for start in range(0, len(order), batch):
        block = order[start : start + batch]
        ids = pad_sequence([torch.tensor(tokens[i]) for i in block], batch_first=True, padding_value=padding)
        length = torch.tensor([len(tokens[i]) for i in block])
        mask = torch.arange(ids.shape[1])[None, :] < length[:, None]
        told = model(input_ids=ids, attention_mask=mask.long(), output_hidden_states=True).hidden_states[layer]
        for i, states, count in zip(block, told, length.tolist(), strict=True):
            found[i] = states[:count].half().numpy()
    return States.of(found)
