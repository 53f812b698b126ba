"""What the two command lines of the pretraining share: options and progress."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from ml.parts import Step
from ml.pretraining.partial import PretrainingError
from ml.pretraining.settings import Stage

Chosen = TypeVar("Chosen")

SECONDS = 5.0  # between two lines of progress


def add_arguments(parser: ArgumentParser, settings: type[Any]) -> None:
    """One option a field of the settings, a dataclass of numbers and words."""
    where = settings.__module__.replace(".", "/")
    group = parser.add_argument_group("network and training", f"explained in {where}.py")
    for field in fields(settings):
        kind = type(field.default)
        group.add_argument(f"--{field.name}", type=kind, default=field.default, help="default: %(default)s")


def chosen(options: Mapping[str, Any], settings: type[Chosen]) -> Chosen:
    """The settings that the options name. Raises PretrainingError for ones that do not go together."""
    try:
        return settings(**{field.name: options[field.name] for field in fields(settings)})  # type: ignore[arg-type]
    except ValueError as error:
        raise PretrainingError(str(error)) from error


def told(write: Callable[[str], object]) -> Stage:
    """Progress as lines: the stage, how far it is, the loss, and the minutes left."""

    def stage(name: str) -> Step:
        began, first, last = time.monotonic(), -1, 0.0

        def step(done: int, total: int, loss: float | None) -> None:
            nonlocal first, last
            now = time.monotonic()
            first = done if first < 0 else first
            if now - last < SECONDS and done != total:
                return
            last = now
            left = (now - began) / max(1, done - first) * (total - done) if done > first else None
            write(_line(name, done, total, loss, left))

        return step

    return stage


def _line(name: str, done: int, total: int, loss: float | None, left: float | None) -> str:
    parts = [f"{name}: {done:,}" + (f"/{total:,}" if total else "")]
    if loss is not None:
        parts.append(f"loss {loss:.3f}")
    if left and total:
        parts.append(f"{left / 60:.1f} min left")
    return ", ".join(parts)
