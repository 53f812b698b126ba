"""Real servers for the tests: PostgreSQL and Redis of their own, gone with the test run.

Run in parallel (pytest-xdist), the processes share the first one's PostgreSQL, where each makes a database. Folder and
Redis are each process's own, because tests look into the one and stop the other.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import psycopg

from tagging import embedded

FOLDER = Path(tempfile.mkdtemp(prefix="tagwright-test-"))
SHARED = Path(
    os.environ.setdefault("TAGWRIGHT_TEST_SHARED", str(FOLDER))
)  # of all processes of the run: the first one's
(FOLDER / "static").mkdir()
os.environ["TAGWRIGHT_VAR"] = str(FOLDER)
os.environ["HASHED_STATIC_FILES"] = "0"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's synchronous API runs a loop in the test's thread

_stack = contextlib.ExitStack()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
atexit.register(_stack.close)

if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = embedded.postgres(FOLDER / "postgres")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as _connection:
        # Nothing here outlives the run, so nothing has to reach the disk.
        for _setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _connection.execute(f"ALTER SYSTEM SET {_setting} = off")
        _connection.execute("SELECT pg_reload_conf()")
_stack.enter_context(embedded.redis(FOLDER))
os.environ["CELERY_BROKER_URL"] = embedded.broker_url(FOLDER)
