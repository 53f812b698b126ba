"""Processor time by process, from /proc: what a request costs, however busy the machine is otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import process_time

TICK = os.sysconf("SC_CLK_TCK")


def used(root: int) -> float:
    """Seconds of processor time that a process and all that came from it have used so far."""
    parents, times = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                told = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # gone meanwhile
            parents[int(folder.name)] = int(told[1])
            # its own, and that of its children that have ended
            times[int(folder.name)] = sum(map(int, told[11:15])) / TICK
    family, fresh = {root}, {root}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - family
        family |= fresh
    return sum(times.get(pid, 0.0) for pid in family)


def postgres() -> int:
    """The process id of the embedded server."""
    return int((Path(os.environ["TAGWRIGHT_VAR"]) / "postgres" / "postmaster.pid").read_text().split()[0])


def counted(server: int) -> Callable[[int], dict[str, float]]:
    """Begin to count. The answer, given how often, tells the milliseconds each time: server, PostgreSQL and client."""
    database = postgres()
    before = used(server), used(database), process_time()

    def told(times: int) -> dict[str, float]:
        after = used(server), used(database), process_time()
        names = ("cpu_ms_server", "cpu_ms_postgres", "cpu_ms_client")
        each = [round(1000 * (b - a) / times, 2) for a, b in zip(before, after, strict=True)]
        return dict(zip(names, each, strict=True)) | {"cpu_ms": round(sum(each), 2)}

    return told
