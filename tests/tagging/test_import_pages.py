"""An import on the pages: upload, name the columns, watch, stop, download what went wrong."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tagging import intake, probing
from tagging.models import Import, Video
from taxonomy import versions
from tests.factories import make_line, make_tag
from tests.ml.media_files import make_clip

pytestmark = pytest.mark.django_db

TABLE = "视频id,标题,labels\n1,One,Sport\n2,Two,Nothing\n"


@pytest.fixture(autouse=True)
def roots(settings, tmp_path):
    settings.MEDIA_ROOT, settings.IMPORT_ROOT = tmp_path / "media", tmp_path / "imports"
    settings.IMPORT_FOLDERS = []


def upload(client, content=TABLE, name="videos.csv", **told):
    file = SimpleUploadedFile(name, content.encode())
    return client.post("/imports/", {"table": file, "source": "s"} | told)


def test_a_table_is_uploaded_and_its_columns_are_named(client, sign_in):
    person = sign_in("admin")
    make_tag("Sport")
    versions.publish()
    line = make_line(name="Search")
    second = upload(client)
    assert Import.objects.count() == 0

    page = client.get(second.url)
    assert page.context["form"]["title"].value() == "标题"
    assert "One" in page.content.decode()

    answer = client.post(second.url, {"external_id": "视频id", "title": "标题", "tags": "labels"})
    assert answer.status_code == 422
    answer = client.post(
        second.url, {"external_id": "视频id", "title": "标题", "tags": "labels", "business_line": line.pk}
    )
    queued = Import.objects.get()
    assert (queued.state, queued.created_by, queued.name) == ("queued", person, "videos.csv")
    assert "hx-get" in client.get(answer.url).content.decode()

    intake.run(queued)
    page = client.get(answer.url).content.decode()
    assert "hx-get" not in page
    assert "There is no such tag." in page
    assert Video.objects.get().title == "One"


def test_the_errors_are_downloaded_as_a_table(client, sign_in):
    sign_in("admin")
    found = intake.take([{"title": {}}, {"title": ["=1+1"]}], source="s").import_

    lines = b"".join(client.get(f"/imports/{found.pk}/errors.csv").streaming_content).decode("utf-8-sig").splitlines()

    assert lines == ["line,column,reason,value", "1,title,This is not text.,{}", "2,title,This is not text.,['=1+1']"]


def test_a_table_and_clips_at_once_are_refused_with_the_way_out(client, sign_in):
    sign_in("admin")
    told = {"table": SimpleUploadedFile("a.csv", b"id,title\n1,One\n"), "clips": SimpleUploadedFile("a.mp4", b"x")}

    answer = client.post("/imports/", told | {"source": "s"})

    assert answer.status_code == 422
    assert "Choose either a table or clips." in answer.text


def test_clips_are_uploaded_into_a_folder_of_their_own(client, sign_in, tmp_path):
    sign_in("admin")
    files = [
        SimpleUploadedFile(f"../../{n} rain.mp4", make_clip(tmp_path / f"{n}.mp4", seconds=1, tone=n).read_bytes())
        for n in (200, 300)
    ]
    answer = client.post("/imports/", {"clips": files, "source": "mine"})

    queued = Import.objects.get()
    assert answer.url == queued.get_absolute_url()
    assert Path(queued.path).parent == tmp_path / "imports"
    intake.run(queued)
    probing.examine_waiting()
    assert sorted(Video.objects.values_list("title", "media_state")) == [("200 rain", "ready"), ("300 rain", "ready")]


def test_only_folders_that_settings_name_are_read(client, sign_in, settings, tmp_path):
    sign_in("admin")
    named, other = tmp_path / "named", tmp_path / "other"
    for folder in (named, other):
        folder.mkdir()
        (folder / "a.mp4").write_bytes(b"x")
    settings.IMPORT_FOLDERS = [named]

    assert str(named) in client.get("/imports/").content.decode()
    for wrong in (other, f"{named}/../other", "/"):
        assert client.post("/imports/", {"folder": str(wrong), "source": "s"}).status_code == 422
    assert client.post("/imports/", {"folder": str(named), "source": "s"}).status_code == 302
    assert Import.objects.get().path == str(named)


@pytest.mark.parametrize(
    "told",
    [
        {"source": "s"},
        {"source": "", "table": SimpleUploadedFile("a.csv", b"id\n1\n")},
        {"source": "s", "table": SimpleUploadedFile("a.exe", b"id\n1\n")},
        {"source": "s", "table": SimpleUploadedFile("a.csv", b"")},
    ],
)
def test_what_makes_no_import_is_said_on_the_form(client, sign_in, told):
    sign_in("admin")
    answer = client.post("/imports/", told)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not Import.objects.exists()


def test_too_much_at_once_is_refused(client, sign_in, settings):
    settings.IMPORT_MAX_UPLOAD = 10
    sign_in("admin")
    assert upload(client).status_code == 422


def test_a_table_that_cannot_be_read_is_refused_with_the_reason(client, sign_in):
    sign_in("admin")
    second = upload(client, content="id,id\n1,2\n")
    page = client.get(second.url, follow=True).content.decode()
    assert "Two columns have the same name." in page


def test_the_second_step_is_for_who_did_the_first(client, sign_in):
    sign_in("admin")
    second = upload(client)
    sign_in("admin")
    assert client.get(second.url).status_code == 404
    assert client.get("/imports/columns/made-up/").status_code == 404


def test_an_import_is_stopped_and_goes_on(client, sign_in, tmp_path):
    sign_in("admin")
    (tmp_path / "a.csv").write_text("id\n1\n")
    queued = intake.start(tmp_path / "a.csv", source="s")

    client.post(f"/imports/{queued.pk}/cancel/")
    queued.refresh_from_db()
    assert queued.state == "cancelled"
    assert "Go on" in client.get(queued.get_absolute_url()).content.decode()

    client.post(f"/imports/{queued.pk}/resume/")
    assert intake.run(queued).state == "done"


def test_imports_are_for_admins(client, sign_in):
    found = intake.take([{"title": "One"}], source="s").import_
    pages = ["/imports/", found.get_absolute_url(), f"/imports/{found.pk}/errors.csv", "/imports/columns/x/"]
    posts = [f"/imports/{found.pk}/cancel/", f"/imports/{found.pk}/resume/", "/imports/"]
    for role in ("annotator", "editor", None):
        sign_in(role)
        assert {client.get(page).status_code for page in pages} == {403}
        assert {client.post(page).status_code for page in posts} == {403}


def test_the_list_of_imports_takes_a_constant_number_of_queries(client, sign_in):
    person = sign_in("admin")

    def queries(count):
        for _ in range(count):
            intake.take([{"title": "One"}], source="s", by=person)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/imports/").status_code == 200
        return len(captured)

    few = queries(1)
    assert queries(10) <= few
