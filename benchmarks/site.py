"""The web server under a benchmark: gunicorn as `make run` starts it, on a port of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    address: str  # such as http://127.0.0.1:40123
    process: int  # the id of the first process; the workers are its children


@contextlib.contextmanager
def gunicorn(workers: int = 2, threads: int = 8) -> Iterator[str]:
    """Serve the product for the length of the block; yields its address."""
    with serving(workers, threads) as site:
        yield site.address


@contextlib.contextmanager
def serving(workers: int = 2, threads: int = 8) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "tagging.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
    ]
    command += ["--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"]
    process = subprocess.Popen(command, env=os.environ)
    try:
        _wait_for(port)
        yield Site(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not come up within 20 s")
