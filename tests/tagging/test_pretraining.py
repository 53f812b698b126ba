"""manage.py pretrain, on the texts and the frames of imported videos."""

import json

import pytest
from django.core.management import CommandError, call_command

from tagging import clips
from tagging.video_clips import VideoClips
from tagging.video_texts import VideoTexts
from tests.factories import make_video
from tests.ml.media_files import make_clip
from tests.ml.titles import make_titles

TINY = {"embedding": 16, "hidden": 32, "layers": 1, "heads": 2, "intermediate": 64, "longest": 32, "steps": 2}


@pytest.fixture
def videos(db):
    for title in make_titles(100):
        make_video(title=title, description="#日常", cover_text="")
    make_video(title="", description="", cover_text=" ")


def test_texts_are_what_extractors_read_and_take_one_query(videos, django_assert_num_queries):
    with django_assert_num_queries(1):
        texts = list(VideoTexts())

    assert texts == [f"{title}\n#日常" for title in make_titles(100)]


def test_the_command_learns_from_all_videos_and_tells_how_far_it_is(videos, tmp_path, capsys):
    call_command("pretrain", "text", out=tmp_path / "text", **TINY)

    said = capsys.readouterr().out
    assert "albert: 2/2, loss" in said
    assert f'weights = "{tmp_path / "text"}"' in said
    assert json.loads((tmp_path / "text" / "pretraining.json").read_text())["held_out"]["texts"] == 100


def test_too_few_videos_are_told(db, tmp_path):
    with pytest.raises(CommandError, match="There are 0 texts"):
        call_command("pretrain", "text", out=tmp_path / "text", **TINY)


@pytest.fixture
def filmed(db, settings, tmp_path):
    """17 videos with clips of their own, the first two of one programme, and one without."""
    settings.MEDIA_ROOT = tmp_path / "media"
    for i in range(17):
        path = make_clip(tmp_path / f"{i}.mp4", 1, (32, 32), 4, None, (15 * i, 90, 90))
        make_video(media=clips.store(path), program="A" if i < 2 else "")
    make_video(media=None)


def test_clips_come_once_each_with_what_they_are_of(filmed, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = list(VideoClips())

    assert len(found) == 17
    assert sorted(clip.of for clip in found)[:2] == ["program A", "program A"]
    with found[0].media.fetched() as path:
        assert path.is_file()


def test_the_command_learns_from_frames_too(filmed, tmp_path, capsys):
    tiny = {"size": 32, "steps": 2, "batch": 8, "queue": 16, "frames": 2}

    call_command("pretrain", "frames", out=tmp_path / "frames", **tiny)

    said = capsys.readouterr().out
    assert "moco: 2/2, loss" in said
    assert f'[modality.frames] start = "{tmp_path / "frames"}"' in said
    assert json.loads((tmp_path / "frames" / "pretraining.json").read_text())["learned"]["things"] == 16


def test_settings_that_do_not_fit_are_told(db, tmp_path):
    with pytest.raises(CommandError, match="shorter than a batch"):
        call_command("pretrain", "frames", out=tmp_path / "frames", batch=64, queue=48)
