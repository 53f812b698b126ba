"""`python -m benchmarks NAME [--data DIR]`: runs one benchmark over a database of its own.

Progress goes to standard error and the figures, as one JSON object, to the last line of standard output.
To add a benchmark: one file here with `add_arguments(parser)` and `run(options) -> dict`, and its line in
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

NAMES = sorted(
    file.stem for file in Path(__file__).parent.glob("*.py") if file.stem not in {"__init__", "__main__", "site"}
)

# These measure models alone: they need no database and no Django.
PURE = {
    "active_learning",
    "aggregation",
    "augmentation",
    "extraction",
    "extreme",
    "faces",
    "fusion",
    "graph",
    "hierarchy",
    "opentags",
    "programs",
    "ranking",
    "recall",
    "sound",
    "stages",
    "text",
    "training",
}


@contextlib.contextmanager
def product() -> Iterator[None]:
    """The product over empty servers in a temporary folder, migrated and ready."""
    from tagging import embedded

    var = Path(tempfile.mkdtemp(prefix="tagwright-benchmark-"))
    os.environ["TAGWRIGHT_VAR"] = str(var)
    os.environ["DATABASE_URL"] = embedded.postgres(var / "postgres")
    os.environ["CELERY_BROKER_URL"] = embedded.broker_url(var)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tagging.settings")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    try:
        with embedded.redis(var):
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            yield
            from django.db import connections

            connections.close_all()
    finally:
        shutil.rmtree(var, ignore_errors=True)


def machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.processor()
    )
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    modules = {name: importlib.util.find_spec(f"benchmarks.{name}") for name in NAMES}
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    if chosen not in modules:
        parser.error(f"unknown benchmark {chosen!r}; known: {', '.join(NAMES)}")
    with contextlib.nullcontext() if chosen in PURE else product():
        module = importlib.import_module(f"benchmarks.{chosen}")
        command = commands.add_parser(chosen, help=module.__doc__)
        command.add_argument("--data", type=Path, help="folder of real data to use instead of made ones")
        module.add_arguments(command)
        figures = module.run(parser.parse_args())
    print(json.dumps({"benchmark": chosen, "machine": machine(), "at": f"{datetime.now(UTC):%Y-%m-%d}", **figures}))


if __name__ == "__main__":
    main()
