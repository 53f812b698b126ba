"""manage.py pretrain text, on the texts of imported videos."""

import json

import pytest
from django.core.management import CommandError, call_command

from tagging.video_texts import VideoTexts
from tests.factories import make_video
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
