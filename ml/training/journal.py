"""What a training says of itself while it runs, and how it is stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ml.parts import Step

CURVE = 200  # points of a loss curve that are kept


@dataclass(frozen=True)
class Progress:
    """How far one stage is."""

    stage: str
    done: int
    total: int
    loss: float | None = None


class Cancelled(Exception):
    """Someone asked the training to stop."""


@dataclass
class Journal:
    """Passes progress on, keeps loss curves, seconds and notes, and raises Cancelled when asked to stop."""

    report: Callable[[Progress], None]
    cancelled: Callable[[], bool]
    losses: dict[str, list[float]] = field(default_factory=dict)  # stage -> loss of each step
    seconds: dict[str, float] = field(default_factory=dict)  # stage -> from its first to its last step
    notes: list[str] = field(default_factory=list)  # what was left out, and why

    def stage(self, name: str) -> Step:
        """The step report of one stage."""
        started = time.perf_counter()

        def step(done: int, total: int, loss: float | None) -> None:
            if self.cancelled():
                raise Cancelled(name)
            if loss is not None:
                self.losses.setdefault(name, []).append(loss)
            self.seconds[name] = time.perf_counter() - started
            self.report(Progress(name, done, total, loss))

        self.losses.pop(name, None)  # of a process that did not finish the stage: it is gone through again
        step(0, 1, None)
        return step

    def told(self) -> dict[str, Any]:
        """All of it, for a training that goes on in another process."""
        return {"losses": self.losses, "seconds": self.seconds, "notes": self.notes}

    def go_on(self, told: Mapping[str, Any]) -> None:
        """Begin with what another process told."""
        self.losses |= told.get("losses", {})
        self.seconds |= told.get("seconds", {})
        self.notes += told.get("notes", [])

    def curves(self) -> dict[str, list[float]]:
        """Loss curves of at most `CURVE` points, each the mean of the steps it stands for."""
        return {stage: _thinned(losses) for stage, losses in self.losses.items()}


def _thinned(losses: list[float]) -> list[float]:
    width = -(-len(losses) // CURVE)
    parts = [losses[i : i + width] for i in range(0, len(losses), width)]
    return [round(sum(part) / len(part), 5) for part in parts]
