"""The whole loop: import, train, promote, suggest, measure; on real sets with --data, else on the demo's clips."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from importlib import import_module

REAL = ("clips", "kuairec", "exercises")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--part", choices=("made", *REAL), help="only this one")


def run(options: Namespace) -> dict[str, object]:
    if options.part:
        return {options.part: import_module(f"benchmarks.loops.{options.part}").run(options.data)}
    parts = [name for name in REAL if (options.data / name).is_dir()] if options.data else ["made"]
    figures: dict[str, object] = {}
    for part in parts:  # each over a database and caches of its own
        command = [sys.executable, "-m", "benchmarks", "loop", "--part", part]
        command += ["--data", str(options.data)] if options.data else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        figures[part] = json.loads(done.stdout.splitlines()[-1])[part]
    return figures
