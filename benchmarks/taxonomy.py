"""Import of a taxonomy of 300,000 tags with names in two languages, as CSV: seconds, memory, and importing it again."""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.intake import child_environment
from benchmarks.tags import made


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tags", type=int, nargs="+", default=[30_000, 300_000])


def run(options: argparse.Namespace) -> dict[str, object]:
    """Each import runs in a fresh process. The larger ones begin with the tags of the smaller ones."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in sorted(options.tags):
            path = Path(folder) / f"{count}.csv"
            write(path, count)
            figures[str(count)] = {"first": measure(path), "again": measure(path)}
            print(f"{count:>9,} tags: {figures[str(count)]}", file=sys.stderr, flush=True)
    return {"bound_seconds": 60, "tags": figures}


def write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "parent", "kind", "name", "name_zh"])
        for row in made.rows(count):
            table.writerow([row.code, row.parent, row.kind, row.english, row.chinese])


def measure(path: Path) -> dict[str, float]:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, env=child_environment(), check=False
    )
    if child.returncode:
        raise RuntimeError(child.stderr)
    return json.loads(child.stdout.splitlines()[-1])


# `database_cpu_seconds` is the time of the one PostgreSQL process that worked for the import.
CHILD = """
import django; django.setup()
import json, os, resource, sys, time
from pathlib import Path
from django.db import connection
from taxonomy.exchange import importing
def spent(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    [backend] = cursor.fetchone()
def peak():
    status = Path("/proc/self/status").read_text()  # ru_maxrss would be the parent's
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
before, memory = spent(backend), peak()
start = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    report = importing.run_file(file, "csv", comment="benchmark")
seconds = time.perf_counter() - start
cpu = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "seconds": round(seconds, 1), "created": report.created, "changed": report.changed,
    "cpu_seconds": round(cpu.ru_utime + cpu.ru_stime, 1), "database_cpu_seconds": round(spent(backend) - before, 1),
    "peak_rss_mb": round(peak()), "rss_before_mb": round(memory), "load": os.getloadavg()[0],
}))
"""
