"""Where a network in training is kept from time to time, so that a killed process costs minutes, not hours."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import torch

from ml.layers import peers

State = Mapping[str, Any]  # tensors, numbers and texts, nested; no objects of ours, so reading runs no code


@dataclass
class Shelf:
    """A folder for the networks of one part, which are trained one after the other and numbered in that order."""

    folder: Path
    seconds: float  # between two checkpoints of a network
    used: int = 0

    def next(self) -> Path:
        self.used += 1
        return self.folder / f"{self.used}.pt"


_SHELF: ContextVar[Shelf | None] = ContextVar("shelf", default=None)


@contextmanager
def kept_in(folder: Path, seconds: float) -> Iterator[None]:
    """Networks trained in the block are kept there. Ambient, for each part would only hand it on."""
    token = _SHELF.set(Shelf(folder, seconds))
    try:
        yield
    finally:
        _SHELF.reset(token)


@dataclass
class Checkpoint:
    """The place of one network's training; `of` says what is trained, and another training's state is not taken up."""

    path: Path | None
    of: str
    seconds: float
    _kept: float = field(default_factory=time.monotonic)

    @classmethod
    def here(cls, of: str) -> Self:
        """The next place of the shelf; without a shelf nothing is kept."""
        shelf = _SHELF.get()
        return cls(None, of, 0.0) if shelf is None else cls(shelf.next(), of, shelf.seconds)

    def taken_up(self) -> State | None:
        """What an earlier process left, on the CPU; a damaged file counts as none."""
        if self.path is None or not peers.told(self.path.is_file()):
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, ValueError, EOFError, KeyError):
            return None
        return state if state.pop("of", None) == self.of else None

    @property
    def due(self) -> bool:
        return self.path is not None and peers.leads() and time.monotonic() - self._kept >= self.seconds

    def keep(self, state: State) -> None:
        """Write; a reader sees the former state or this one."""
        if self.path is None or not peers.leads():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        coming = self.path.with_suffix(".new")
        torch.save(dict(state) | {"of": self.of}, coming)
        coming.replace(self.path)
        self._kept = time.monotonic()


def random_state(generator: torch.Generator) -> dict[str, Any]:
    """Of the training's own generator and of those that layers draw from (dropout)."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"generator": generator.get_state(), "torch": torch.get_rng_state(), "cuda": cuda}


def set_random_state(generator: torch.Generator, state: State) -> None:
    """The inverse of `random_state`."""
    generator.set_state(state["generator"])
    torch.set_rng_state(state["torch"])
    if torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(list(state["cuda"]))
