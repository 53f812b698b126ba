"""What is done so far, in a folder beside the one that a pretraining will write. Its files are whole or not there."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class PretrainingError(ValueError):
    """Why there can be no pretraining, and what to do."""


@contextmanager
def working(out: Path, settings: Mapping[str, Any]) -> Iterator[Path]:
    """The folder `<out>.partial`; it goes when all is done, and stays when not. Raises PretrainingError."""
    if out.exists():
        raise PretrainingError(f"{out} exists already; weights never change: name another folder, or remove it.")
    folder = out.with_name(f"{out.name}.partial")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PretrainingError(f"Another process is pretraining in {folder}.") from error
        file, wanted = folder / "settings.json", dict(settings)
        if file.is_file() and json.loads(file.read_text(encoding="utf-8")) != wanted:
            raise PretrainingError(
                f"{folder} was begun with other settings: use those of {file}, or remove the folder to begin again."
            )
        with whole(file) as part:
            part.write_text(json.dumps(wanted, indent=2), encoding="utf-8")
        yield folder
        shutil.rmtree(folder)


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """A name to write to; the file has its own name only when all of it is there."""
    part = file.with_name(f"{file.name}.part")
    yield part
    os.replace(part, file)


def publish(ready: Path, out: Path) -> None:
    """Give a finished folder its name; safetensors makes files that only their owner may read."""
    for file in ready.iterdir():
        file.chmod(0o644)
    ready.rename(out)
