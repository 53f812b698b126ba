"""Imports that are killed, raced and overlapping: every row comes in exactly once."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tagging import intake
from tagging.models import Import, RowError, Video
from tests.workers import database_url

pytestmark = pytest.mark.django_db(transaction=True)

CHILD = """
import django; django.setup()
import sys, time
from tagging import intake
from tagging.models import Import
intake.CHUNK_ROWS = 200
intake.run(Import.objects.get(pk=sys.argv[1]), report=lambda _: time.sleep(0.02))
"""


def table(path, count, *, first=0):
    """Every tenth row is of wrong shape."""
    rows = (f"{n},T{n}" if n % 10 else f"{n}" for n in range(first, first + count))
    path.write_text("id,title\n" + "\n".join(rows) + "\n")
    return path


def child_environment() -> dict[str, str]:
    return os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tagging.settings"}


def lose_worker(import_):
    """What a minute without its worker does to an import."""
    Import.objects.filter(pk=import_.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=5))


def test_a_killed_import_goes_on_and_imports_nothing_twice(tmp_path):
    import_ = intake.start(table(tmp_path / "a.csv", 6_000), source="s")
    for least in (400, 3_000):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(import_.pk)], env=child_environment())
        until = time.monotonic() + 60
        while import_.position < least and time.monotonic() < until:
            time.sleep(0.01)
            import_.refresh_from_db()
        child.send_signal(signal.SIGKILL)
        child.wait()
        import_.refresh_from_db()
        assert least <= import_.position < 6_000
        assert import_.state == "running"
        lose_worker(import_)

    assert list(intake.resumable()) == [import_]
    done = intake.run(import_)

    assert (done.state, done.position, done.imported, done.known, done.failed) == ("done", 6_000, 5_400, 0, 600)
    assert Video.objects.count() == 5_400
    assert RowError.objects.count() == 600


def in_threads(count, work):
    def run():
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_workers_that_take_one_import_do_it_once(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 100)
    import_ = intake.start(table(tmp_path / "a.csv", 2_000), source="s")

    in_threads(4, lambda: intake.run(Import.objects.get(pk=import_.pk)))

    import_.refresh_from_db()
    assert (import_.state, import_.imported, import_.known, import_.failed) == ("done", 1_800, 0, 200)


def test_a_worker_that_lost_its_import_stores_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 100)
    import_ = intake.start(table(tmp_path / "a.csv", 1_000), source="s")

    def another_takes_over(seen):
        if seen.position == 300:
            lose_worker(seen)
            intake.run(Import.objects.get(pk=seen.pk))

    done = intake.run(import_, report=another_takes_over)

    assert (done.state, done.position, done.imported, done.known) == ("done", 1_000, 900, 0)


def test_overlapping_imports_at_once_share_the_videos(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 150)
    imports = [intake.start(table(tmp_path / f"{n}.csv", 2_000, first=n * 500), source="s") for n in range(4)]
    waiting = list(imports)

    in_threads(4, lambda: intake.run(waiting.pop()))

    done = list(Import.objects.all())
    assert {d.state for d in done} == {"done"}
    assert Video.objects.count() == sum(d.imported for d in done) == 3_500 * 9 // 10
    assert sum(d.known for d in done) == (8_000 - 3_500) * 9 // 10
