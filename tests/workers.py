"""Real Celery workers over the test's database, for tests that kill them."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests import processes

COMMAND = ["celery", "-A", "tagging.celery", "worker", "--pool", "solo", "--loglevel", "INFO"]
SECONDS = 180  # until something that should happen has failed to


def until(true: Callable[[], object], what: str, seconds: float = SECONDS, pause: float = 0.05) -> None:
    """Wait for `true()`; fails with `what` did not happen."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(pause)


def database_url() -> str:
    """The test's database, as a child process is told of it."""
    at = connection.settings_dict
    host = quote(str(at["HOST"]), safe="")
    sign_in = f"{at['USER']}:{quote(str(at['PASSWORD']))}" if at["PASSWORD"] else at["USER"]
    place = f"?host={host}" + (f"&port={at['PORT']}" if at["PORT"] else "")
    return f"postgresql://{sign_in}@/{at['NAME']}{place}"


class Worker:
    """`celery worker` in a process group of its own, forked from one that has loaded the model libraries."""

    def __init__(self, queues: str, *options: str, **environment: str) -> None:
        self.log = Path(tempfile.mkstemp(prefix="worker-", suffix=".log", dir=os.environ["TAGWRIGHT_VAR"])[1])
        known = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tagging.settings"}
        known |= {"LOOK_SECONDS": "1"}  # beat is waited for
        command = [*COMMAND, "--queues", queues, "--hostname", f"{self.log.stem}@test", *options]
        self.process = processes.start(_work, command, {**os.environ, **known, **environment}, self.log)

    @property
    def lives(self) -> bool:
        return self.process.is_alive()

    def said(self, text: str) -> bool:
        return text in self.log.read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL: no goodbye, as when the machine goes down."""
        assert self.process.pid
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()

    def stop(self) -> None:
        if self.lives:
            self.process.terminate()
            self.process.join(timeout=20)
        if self.lives:
            self.kill()


def _work(command: list[str], environment: dict[str, str], log: Path) -> None:
    """What a shell does for `celery worker`, in a process that was forked."""
    os.setsid()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    from celery.bin.celery import main  # only here: it reads the environment

    sys.argv = command
    sys.exit(main())


@contextmanager
def worker(queues: str = "gpu", *options: str, **environment: str) -> Iterator[Worker]:
    """A worker that is ready for work, stopped at the end of the block."""
    started = Worker(queues, *options, **environment)
    try:
        until(lambda: started.said("ready.") or not started.lives, "the worker is ready")
        assert started.lives, started.log.read_text()
        yield started
    finally:
        started.stop()
