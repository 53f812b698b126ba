"""manage.py import_videos."""

import io

import pytest
from django.core.management import CommandError, call_command

from tagging import intake
from tagging.models import Import, Video
from taxonomy import versions
from tests.factories import make_line, make_tag
from tests.ml.media_files import make_clip

pytestmark = pytest.mark.django_db


def run(*args: object) -> str:
    out = io.StringIO()
    call_command("import_videos", *map(str, args), stdout=out)
    return out.getvalue()


def test_a_table_is_imported_with_its_media_and_errors_are_told(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    make_clip(tmp_path / "one.mp4", seconds=1)
    (tmp_path / "a.csv").write_text("id,caption,file\n1,One,one.mp4\n2,Two,two.mp4\n3\n")

    told = run(tmp_path / "a.csv", "--source", "mine", "--map", "title=caption", "--map", "media=file", "--wait-media")

    assert dict(Video.objects.values_list("title", "media_state")) == {"One": "ready", "Two": "broken"}
    assert "done: 2 imported, 0 known, 1 failed" in told
    assert "line 3 media: The file does not exist" in told
    assert "line 4 : The row has another number of cells than the header. '3'" in told


def test_naming_one_column_leaves_the_others_guessed(tmp_path):
    (tmp_path / "a.csv").write_text("id,caption,desc,author,media\n7,One,About it,lin,\n")

    told = run(tmp_path / "a.csv", "--map", "title=desc", "--map", "uploader=")

    assert "external_id=id title=desc" in told
    assert Video.objects.values_list("external_id", "title", "description", "uploader").get() == (
        "7",
        "About it",
        "",
        "",
    )


def test_tags_become_the_named_line_s(tmp_path):
    make_tag("Sport")
    versions.publish()
    line = make_line(slug="search")
    (tmp_path / "a.csv").write_text("id,tags\n1,Sport\n")

    run(tmp_path / "a.csv", "--line", "search")

    assert list(Video.objects.get().video_tags.values_list("business_line", "tag__name")) == [(line.pk, "Sport")]
    with pytest.raises(CommandError, match="search"):
        run(tmp_path / "a.csv", "--line", "serach")


def test_a_stopped_import_goes_on(tmp_path):
    (tmp_path / "a.csv").write_text("id\n1\n2\n")
    import_ = intake.start(tmp_path / "a.csv", source="s")
    intake.cancel(import_)

    run("--resume", import_.pk)

    assert (Import.objects.get().state, Video.objects.count()) == ("done", 2)


@pytest.mark.parametrize("args", [["missing.csv"], [], ["--resume", "99"]])
def test_what_cannot_be_read_is_an_error(args):
    with pytest.raises(CommandError):
        run(*args)
