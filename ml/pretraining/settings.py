"""How large the text encoder is and how long it learns; read without loading torch's models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ml.parts import Step

Stage = Callable[[str], Step]  # the step report of a stage by its name


@dataclass(frozen=True)
class Settings:
    """Size of the network and length of the training; the defaults are a quarter of an hour of one core."""

    vocabulary: int = 8_000
    embedding: int = 128  # E: pieces are embedded narrowly and widened by one matrix
    hidden: int = 192  # H
    layers: int = 4  # all with the same weights
    heads: int = 4
    intermediate: int = 768
    longest: int = 64  # pieces of a sequence in training
    steps: int = 1_000
    batch: int = 64
    rate: float = 1e-3  # peak, warmed up over the first tenth, then a straight line to zero
    decay: float = 0.01
    seed: int = 0
