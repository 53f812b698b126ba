"""Uploads that nobody imports and files of dead workers are deleted; what an import may still read stays."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tagging import clips, intake, sweeping, tasks, uploads
from tagging.models import Import, Video
from tests.factories import make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roots(settings, tmp_path):
    settings.MEDIA_ROOT, settings.IMPORT_ROOT = tmp_path / "media", tmp_path / "imports"
    settings.BUNDLE_ROOT = tmp_path / "bundles"


def upload() -> Path:
    """Three days ago."""
    folder = uploads.save([SimpleUploadedFile("a.csv", b"id,title\n1,One\n")])
    return aged(folder)


def aged(path: Path) -> Path:
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(path, (long_ago, long_ago))
    return path


def test_an_upload_that_nobody_imports_is_deleted():
    abandoned, fresh = upload(), uploads.save([SimpleUploadedFile("b.csv", b"id\n")])

    tasks.sweep()

    assert not abandoned.exists()
    assert (fresh / "b.csv").exists()


def test_an_upload_stays_as_long_as_its_import_may_read_it(django_assert_num_queries):
    queued, over, long_over = upload(), upload(), upload()
    for folder in (queued, over, long_over):
        intake.start(folder / "a.csv", source="s")
        aged(folder)
    intake.run(Import.objects.get(path=str(over / "a.csv")))
    finished(over, days=1)
    finished(long_over, days=30)

    with django_assert_num_queries(1):
        assert sweeping.sweep() == 1

    assert [folder.exists() for folder in (queued, over, long_over)] == [True, True, False]


def finished(folder: Path, days: int) -> None:
    when = timezone.now() - timedelta(days=days)
    Import.objects.filter(path=str(folder / "a.csv")).update(state="done", finished_at=when)


def test_clips_that_are_still_to_be_examined_stay():
    folder = upload()
    import_ = intake.start(folder, source="s", kind="folder")
    aged(folder)
    finished_long_ago = timezone.now() - timedelta(days=30)
    Import.objects.update(state="done", finished_at=finished_long_ago)
    video = make_video(imported_by=import_, media_source="a.mp4", media_state="pending")

    assert sweeping.sweep() == 0
    Video.objects.filter(pk=video.pk).update(media_state="broken")
    assert sweeping.sweep() == 1


def test_the_file_of_a_worker_that_died_is_deleted():
    with clips.incoming() as file:
        left = aged(file.rename(file.with_name("left behind")))

    with clips.incoming() as file:
        assert sweeping.sweep() == 1
        assert file.exists()

    assert not left.exists()


def test_nothing_to_sweep_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert sweeping.sweep() == 0


def test_the_unfinished_bundle_of_a_killed_training_is_deleted(settings):
    for name in (".small-1234-ab12", "small-1234", ".small-9999-zz"):
        (settings.BUNDLE_ROOT / name).mkdir(parents=True)
    aged(settings.BUNDLE_ROOT / ".small-1234-ab12")
    aged(settings.BUNDLE_ROOT / "small-1234")

    tasks.sweep()

    assert {path.name for path in settings.BUNDLE_ROOT.iterdir()} == {"small-1234", ".small-9999-zz"}
