"""Other processes with torch loaded, for tests that kill them or let several train together."""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

# A fresh process that has loaded torch but computed nothing forks at once; one that has computed must not fork.
_CONTEXT = multiprocessing.get_context("forkserver")
# Nothing of Django is among them: what it reads from the environment is told to each process.
_LIBRARIES = ["torch", "timm", "transformers", "faiss", "lightgbm", "sklearn.linear_model", "av", "celery.bin.celery"]
_CONTEXT.set_forkserver_preload([*_LIBRARIES, "ml.training.loop"])


def run(target: Callable[..., None], *arguments: Any) -> int:
    """Exit status of a process that does this; below 0 the signal that ended it."""
    process = start(target, *arguments)
    process.join(timeout=120)
    assert process.exitcode is not None, f"{target.__name__} hangs"
    return process.exitcode


def start(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """A process that does this, for somebody else to end."""
    process = _CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process


def together(count: int, target: Callable[..., None], *arguments: Any) -> list[int]:
    """Exit statuses of so many processes that find each other as those do that `torchrun` starts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    own = [shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(count)]
    processes = [_CONTEXT.Process(target=_told, args=(mine, target, arguments)) for mine in own]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    return [process.exitcode if process.exitcode is not None else 1 for process in processes]


def _told(environment: dict[str, str], target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    os.environ.update(environment)
    target(*arguments)
