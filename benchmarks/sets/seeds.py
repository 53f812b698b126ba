"""The same trial under several seeds: mean, spread and each value."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np


def add_arguments(parser: ArgumentParser, seeds: int) -> None:
    parser.add_argument("--seeds", type=int, default=seeds, help=f"trials under different seeds (default {seeds})")
    parser.add_argument("--only", action="append", help="only sets or variants of this name; may be repeated")


def required(data: Path | None) -> Path:
    """The folder of real data; these benchmarks have no made ones."""
    if data is None or not data.is_dir():
        raise SystemExit("error: this benchmark needs real data: --data DIR (docs/benchmarks.md says in which formats)")
    return data


def wanted(name: str, only: Sequence[str] | None, known: Sequence[str]) -> bool:
    """Whether `--only` asks for this one of the `known` names; asking for none of them asks for all."""
    chosen = set(only or ()) & set(known)
    return not chosen or name in chosen


def summary(trials: Sequence[Mapping[str, float]]) -> dict[str, object]:
    """Metric -> mean, standard deviation over the trials, and their values."""
    found: dict[str, object] = {}
    for metric in trials[0]:
        values = [trial[metric] for trial in trials]
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        each = [round(value, 4) for value in values]
        found[metric] = {"mean": round(float(np.mean(values)), 4), "spread": round(spread, 4), "values": each}
    return found
