"""Media are copied in by content and examined; what is wrong with them is said at their line."""

import os
from pathlib import Path

import pytest
from PIL import Image

from tagging import clips, intake, probing
from tagging.models import Media, RowError, Video
from tests.ml.media_files import make_clip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "one.mp4", seconds=2)


def folder_with(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.mp4").write_bytes(content)
    return folder


def test_a_clip_is_copied_and_examined(tmp_path, clip, media_root):
    folder = folder_with(tmp_path, a=clip.read_bytes())
    intake.run(intake.start(folder, source="s"))
    assert probing.examine_waiting() == 1

    video = Video.objects.get()
    media = video.media
    assert (video.media_state, media.width, media.height, media.video_codec) == ("ready", 320, 180, "h264")
    assert media.duration == pytest.approx(2, abs=0.2)
    assert media.audio_codec == "aac"
    assert len(media.peaks) == 400
    assert media.path.endswith(f"{media.content_hash}.mp4")
    assert (media_root / media.path).read_bytes() == clip.read_bytes()
    assert Image.open(media_root / media.poster).size == (640, 360)
    assert Image.open(media_root / media.filmstrip).size == (1600, 90)
    assert list((media_root / "incoming").iterdir()) == []


def test_the_same_clip_twice_is_stored_once(tmp_path, clip):
    folder = folder_with(tmp_path, a=clip.read_bytes(), b=clip.read_bytes())
    intake.run(intake.start(folder, source="s"))
    probing.examine_waiting()

    assert Media.objects.count() == 1
    assert Video.objects.filter(media__isnull=False, media_state="ready").count() == 2


def test_broken_and_missing_media_are_errors_of_their_line(tmp_path, clip):
    folder = folder_with(tmp_path, good=clip.read_bytes(), cut=clip.read_bytes()[:2000], text=b"hello", empty=b"")
    table = tmp_path / "a.csv"
    table.write_text("id,file\n1,good.mp4\n2,cut.mp4\n3,text.mp4\n4,empty.mp4\n5,missing.mp4\n")
    done = intake.run(intake.start(table, source="s", media_folder=folder))
    probing.examine_waiting()

    states = dict(Video.objects.values_list("external_id", "media_state"))
    assert states == {"1": "ready", "2": "broken", "3": "broken", "4": "broken", "5": "broken"}
    assert [(e.line, e.field, e.value) for e in done.errors.all()] == [
        (3, "media", "cut.mp4"), (4, "media", "text.mp4"), (5, "media", "empty.mp4"), (6, "media", "missing.mp4"),
    ]  # fmt: skip
    assert Video.objects.get(external_id="4").media_error == "The file is empty."


def test_links_that_lead_out_of_the_folder_are_not_read(tmp_path, clip):
    folder = folder_with(tmp_path, good=clip.read_bytes())
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "clip.mp4").write_bytes(clip.read_bytes() + b"secret")
    (folder / "link.mp4").symlink_to(secret / "clip.mp4")
    (folder / "dir").symlink_to(secret)
    (folder / "loop.mp4").symlink_to(folder / "loop.mp4")
    (folder / "fine.mp4").symlink_to("good.mp4")
    table = tmp_path / "a.csv"
    table.write_text("id,file\n1,link.mp4\n2,dir/clip.mp4\n3,loop.mp4\n4,fine.mp4\n")
    intake.run(intake.start(table, source="s", media_folder=folder))
    probing.examine_waiting()

    states = dict(Video.objects.values_list("external_id", "media_state"))
    assert states == {"1": "broken", "2": "broken", "3": "broken", "4": "ready"}
    assert {v.media_error for v in Video.objects.filter(external_id__in=["1", "2"])} == {
        "The path leaves the media folder."
    }


def test_a_pipe_does_not_hang_the_worker(tmp_path):
    folder = folder_with(tmp_path)
    os.mkfifo(folder / "pipe.mp4")
    intake.run(intake.start(folder, source="s"))
    probing.examine_waiting()

    assert Video.objects.get().media_state == "broken"


def test_a_file_too_large_is_refused_before_it_is_copied(tmp_path, clip, settings):
    settings.MEDIA_MAX_BYTES = 1000
    intake.run(intake.start(folder_with(tmp_path, a=clip.read_bytes()), source="s"))
    probing.examine_waiting()

    assert Video.objects.get().media_error == "The file is too large."


def test_a_video_in_hand_is_not_given_out_again_until_its_lease_ends(tmp_path, clip):
    intake.run(intake.start(folder_with(tmp_path, a=clip.read_bytes()), source="s"))
    video = probing.claim()
    assert probing.claim() is None

    Video.objects.update(probing_until="2020-01-01T00:00Z")
    assert probing.claim() == video


def test_a_broken_video_may_be_examined_again(tmp_path, clip):
    folder = folder_with(tmp_path, a=b"not yet")
    intake.run(intake.start(folder, source="s"))
    probing.examine_waiting()
    (folder / "a.mp4").write_bytes(clip.read_bytes())

    assert probing.again(Video.objects.get())
    probing.examine_waiting()
    assert Video.objects.get().media_state == "ready"
    assert not RowError.objects.exists()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".avi", ".ts", ".flv"])
def test_the_container_is_known_by_its_content(tmp_path, suffix):
    file = make_clip(tmp_path / f"clip{suffix}", seconds=1)
    assert clips.container(file) == suffix
