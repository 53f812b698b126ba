"""What Celery does of intake, by real workers over a real broker."""

from pathlib import Path

import pytest
from django.conf import settings
from kombu.exceptions import OperationalError

from tagging import intake, nudges
from tagging.celery import app
from tagging.models import Import, Video
from tests.ml.media_files import make_clip
from tests.workers import until, worker

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def folder(tmp_path):
    for n in range(3):
        make_clip(tmp_path / "clips" / f"{n}.mp4", seconds=1, tone=200 + n)
    return tmp_path / "clips"


def all_can_be_seen():
    return Video.objects.filter(media_state="ready").count() == 3


def test_an_import_runs_by_itself_until_its_clips_can_be_seen(folder):
    import_ = intake.start(folder, source="s")
    with worker("default"):
        nudges.run_import(import_.pk)
        until(all_can_be_seen, "three clips are examined")

    assert Import.objects.get().state == "done"
    for video in Video.objects.select_related("media"):
        assert (Path(settings.MEDIA_ROOT) / video.media.poster).exists()


def test_lost_messages_are_made_up_for_by_beat(folder, tmp_path):
    intake.start(folder, source="s")
    with worker("default", "--beat", "--schedule", str(tmp_path / "beat")):
        until(all_can_be_seen, "three clips are examined")

    assert Import.objects.get().state == "done"


def test_a_broker_that_is_away_holds_up_no_page(folder, monkeypatch):
    import_ = intake.start(folder, source="s")
    sent = []

    def refuse(*args, **kw):
        sent.append(args)
        raise OperationalError

    monkeypatch.setattr(app, "send_task", refuse)
    nudges.run_import(import_.pk)

    assert sent
    assert Import.objects.get().state == "queued"
