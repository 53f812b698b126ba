"""Where a bundle is made: a folder beside it that outlives a killed process, so that the next start goes on."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.layers import checkpoints, peers

TICKET, LOCK, JOURNAL, BUNDLE, CHECKPOINTS = "ticket.json", "lock", "journal.json", "bundle", "checkpoints"
PATIENCE = 60.0  # seconds: a process that lost its run to us needs one step to notice
CHECKPOINT_SECONDS = 60.0

Ticket = Mapping[str, Any]  # what is trained; another ticket starts from nothing


class Busy(RuntimeError):
    """Another living process makes this bundle."""


@dataclass(frozen=True)
class Workplace:
    """The folder, held by one training (all processes of it) at a time."""

    folder: Path
    checkpoint_seconds: float = CHECKPOINT_SECONDS

    @property
    def bundle(self) -> Path:
        """The bundle as far as it is; each part appears in it whole."""
        return self.folder / BUNDLE

    def has(self, part: str) -> bool:
        """Whether the part is done; all processes hear the same answer."""
        return bool(peers.told((self.bundle / part).is_dir()))

    def make(self, part: str, write: Callable[[Path], object]) -> None:
        """`write` the part into a folder that becomes its own; the first process does, the others wait."""
        if peers.leads():
            coming, target = self.folder / "coming", self.bundle / part
            shutil.rmtree(coming, ignore_errors=True)  # of a process that was killed while it wrote
            write(coming)
            if coming.is_dir():
                target.parent.mkdir(parents=True, exist_ok=True)
                coming.rename(target)
        peers.wait()

    @contextmanager
    def keeping(self, stage: str) -> Iterator[None]:
        """Networks trained in the block are kept from time to time; afterwards they are no longer needed."""
        folder = self.folder / CHECKPOINTS / re.sub(r"[^\w.]+", "_", stage)
        with checkpoints.kept_in(folder, self.checkpoint_seconds):
            yield
        if peers.leads():
            shutil.rmtree(folder, ignore_errors=True)

    def note(self, told: Mapping[str, Any]) -> None:
        """Keep what the training says of itself so far."""
        if peers.leads():
            _write(self.folder / JOURNAL, told)

    def noted(self) -> dict[str, Any]:
        """What an earlier process noted."""
        return _read(self.folder / JOURNAL)


def of(out: Path) -> Path:
    """The workplace's folder for the bundle `out`."""
    return out.with_name(f".{out.name}.training")


@contextmanager
def opened(out: Path, ticket: Ticket, checkpoint_seconds: float = CHECKPOINT_SECONDS) -> Iterator[Workplace]:
    """The workplace of `out`, as a killed process with the same ticket left it, else empty.

    When all went well the bundle in it becomes `out`. A training that was refused or cancelled leaves nothing; one that
    broke off otherwise leaves the workplace to the next start. Raises FileExistsError (`out`) and Busy.
    """
    if out.exists():
        raise FileExistsError(f"{out} exists already; a bundle never changes")
    place = Workplace(of(out), checkpoint_seconds)
    if not peers.leads():
        peers.wait()  # until the first one has cleared and locked it
        yield place
        peers.wait()
        return
    place.folder.mkdir(parents=True, exist_ok=True)
    with _locked(place.folder / LOCK):
        _begin(place, ticket)
        peers.wait()
        yield place
        place.bundle.rename(out)
        shutil.rmtree(place.folder)
        peers.wait()


def forget(out: Path) -> None:
    """Clear away what a training that is not to go on left."""
    shutil.rmtree(of(out), ignore_errors=True)


def sweep(folder: Path, but: Path) -> None:
    """Clear away what trainings that nobody goes on with left in a folder of bundles, but for the bundle `but`."""
    for left in folder.glob(".*.training"):
        if left != of(but) and left.is_dir():
            with suppress(Busy), _locked(left / LOCK, patience=0.0):
                shutil.rmtree(left)


def _begin(place: Workplace, ticket: Ticket) -> None:
    if _read(place.folder / TICKET) != json.loads(json.dumps(ticket)):
        for path in place.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
        _write(place.folder / TICKET, ticket)
    place.bundle.mkdir(exist_ok=True)


@contextmanager
def _locked(path: Path, patience: float | None = None) -> Iterator[None]:
    """The system takes the lock from a process that dies."""
    deadline = time.monotonic() + (PATIENCE if patience is None else patience)
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise Busy(f"Another process trains in {path.parent}: wait for it or stop it.") from error
                time.sleep(0.5)
        yield


def _write(path: Path, content: Mapping[str, Any]) -> None:
    coming = path.with_suffix(".new")
    coming.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    coming.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content
