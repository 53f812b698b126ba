"""What a training in progress tells the database: a heartbeat, how far it is, its losses."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.conf import settings
from django.db import close_old_connections, connection

from ml.registry import runs
from ml.registry.models import TrainingRun

PERIOD = 1.0  # seconds between two writes; the page asks no more often
POINTS = 200  # kept a curve; more cannot be seen and would be sent with each refresh of the page


class Progress(Protocol):
    """`ml.training.loop.Progress`, without importing torch for it."""

    @property
    def stage(self) -> str: ...

    @property
    def done(self) -> int: ...

    @property
    def total(self) -> int: ...

    @property
    def loss(self) -> float | None: ...


class Curve:
    """A loss curve of bounded length: when it is full, every other point goes and the steps get twice as long."""

    def __init__(self) -> None:
        self.points: list[tuple[int, float]] = []
        self._stride = 1
        self._seen = 0

    def add(self, step: int, loss: float) -> None:
        if self._seen % self._stride == 0:
            self.points.append((step, round(loss, 5)))
        self._seen += 1
        if len(self.points) >= POINTS:
            self.points = self.points[::2]
            self._stride *= 2


class Tracker:
    """Given to the training loop as its `report` and `cancelled`; writes at most once a second."""

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        # Those of a worker that died over the run stand until their stage is gone through again.
        self._former: dict[str, list[tuple[int, float]]] = dict(run.losses)
        self._curves: dict[str, Curve] = {}
        self._last: Progress | None = None
        self._written = 0.0
        self._wanted = True

    def report(self, progress: Progress) -> None:
        new_stage = self._last is None or self._last.stage != progress.stage
        self._last = progress
        if progress.loss is not None:
            self._curves.setdefault(progress.stage, Curve()).add(progress.done, progress.loss)
        self._write(now=new_stage or progress.done >= progress.total)

    def cancelled(self) -> bool:
        """Whether the run shall stop. What we know of it is at most a second old."""
        self._write()
        return not self._wanted

    def _write(self, now: bool = False) -> None:
        if not now and time.monotonic() - self._written < PERIOD:
            return
        self._written = time.monotonic()
        progress: dict[str, object] = {}
        if last := self._last:
            losses = self._former | {stage: curve.points for stage, curve in self._curves.items()}
            progress = {"stage": last.stage[:100], "done": last.done, "total": last.total, "losses": losses}
        self._wanted = runs.beat(self._run, **progress)


@contextmanager
def heartbeat(run: TrainingRun) -> Iterator[None]:
    """Beat beside the training: a stage that has nothing to report for minutes must not look like a dead worker."""
    stop = threading.Event()

    def beats() -> None:
        while not stop.wait(settings.TRAINING_HEARTBEAT_SECONDS / 4):
            close_old_connections()
            runs.beat(run)
        connection.close()  # this thread's own

    thread = threading.Thread(target=beats, name=f"heartbeat of {run}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
