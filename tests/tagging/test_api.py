"""What the pages of videos and imports do, programs do with a token."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from tagging import intake
from tagging.models import Import, Video
from tests.factories import make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    """A client with the token of a fresh person of the given role."""

    def api(role="admin") -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=make_user(role)).key}")
        return client

    return api


def test_videos_are_imported_and_sent_again_they_are_known(api):
    client = api()
    videos = [{"external_id": "1", "title": "One"}, {"title": "Two"}, {"media": "../x.mp4"}]
    first = client.post("/api/videos/", {"source": "s", "videos": videos}, format="json")
    again = client.post("/api/videos/", {"source": "s", "videos": videos}, format="json")

    assert first.status_code == 201
    assert (first.json()["import"]["imported"], first.json()["import"]["failed"]) == (2, 1)
    assert first.json()["errors"][0]["line"] == 3
    assert again.json()["import"]["known"] == 2
    assert {v["id"] for v in again.json()["videos"]} == {v["id"] for v in first.json()["videos"]}


def test_too_many_videos_at_once_are_refused(api):
    videos = [{"title": "x"}] * (intake.MAX_INLINE + 1)
    assert api().post("/api/videos/", {"source": "s", "videos": videos}, format="json").status_code == 400


def test_tags_without_their_business_line_are_refused(api):
    answer = api().post("/api/videos/", {"source": "s", "videos": [{"title": "x", "tags": ["a"]}]}, format="json")
    assert answer.status_code == 400
    assert not Import.objects.exists()


def test_videos_are_listed_by_key_and_searched(api):
    client = api("annotator")
    for n in range(60):
        make_video(title=f"T{n}")

    first = client.get("/api/videos/").json()
    second = client.get(first["next"]).json()

    assert [v["title"] for v in second["results"]][-1] == "T0"
    assert len(first["results"]) + len(second["results"]) == 60
    assert second["next"] is None
    assert [v["title"] for v in client.get("/api/videos/", {"q": "t59"}).json()["results"]] == ["T59"]
    assert client.get("/api/videos/", {"state": "odd"}).status_code == 400


def test_a_video_is_shown(api):
    video = make_video(title="One")
    assert api("annotator").get(f"/api/videos/{video.pk}/").json()["title"] == "One"
    assert api("annotator").get("/api/videos/0/").status_code == 404


def test_a_table_is_sent_with_its_mapping(api):
    client = api()
    told = {
        "source": "s",
        "table": SimpleUploadedFile("a.csv", b"a,b\n1,One\n2\n"),
        "mapping": json.dumps({"title": "b"}),
    }
    answer = client.post("/api/imports/", told, format="multipart")

    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    intake.run(Import.objects.get())
    shown = client.get(f"/api/imports/{answer.json()['id']}/").json()
    assert (shown["state"], shown["imported"], shown["failed"]) == ("done", 1, 1)
    errors = client.get(f"/api/imports/{shown['id']}/errors/").json()
    assert [error["line"] for error in errors["results"]] == [3]
    assert [one["id"] for one in client.get("/api/imports/").json()["results"]] == [shown["id"]]


@pytest.mark.parametrize(
    "told",
    [{"source": "s"}, {"source": "s", "folder": "/etc"}, {"source": "s", "mapping": {"title": 3}, "folder": "/"}],
)
def test_what_makes_no_import_is_refused(api, told):
    assert api().post("/api/imports/", told, format="json").status_code == 400


def test_a_folder_that_settings_name_is_imported(api, settings, tmp_path):
    settings.IMPORT_FOLDERS = [tmp_path]
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.mp4").write_bytes(b"x")
    answer = api().post("/api/imports/", {"source": "s", "folder": str(tmp_path / "below")}, format="json")

    assert answer.status_code == 202
    intake.run(Import.objects.get())
    assert Video.objects.get().media_source == "a.mp4"


def test_an_import_is_stopped_and_goes_on(api, tmp_path):
    (tmp_path / "a.csv").write_text("id\n1\n")
    import_ = intake.start(tmp_path / "a.csv", source="s")
    client = api()

    assert client.post(f"/api/imports/{import_.pk}/cancel/").json()["state"] == "cancelled"
    assert client.post(f"/api/imports/{import_.pk}/resume/").json()["state"] == "queued"


def test_roles_hold_for_programs_too(api):
    video, import_ = make_video(), intake.take([{"title": "x"}], source="s").import_
    for role in ("annotator", "editor"):
        client = api(role)
        assert client.get(f"/api/videos/{video.pk}/").status_code == 200
        assert client.post("/api/videos/", {}, format="json").status_code == 403
        for path in ("", f"{import_.pk}/", f"{import_.pk}/errors/"):
            assert client.get(f"/api/imports/{path}").status_code == 403
        for path in ("", f"{import_.pk}/cancel/", f"{import_.pk}/resume/"):
            assert client.post(f"/api/imports/{path}").status_code == 403
    assert APIClient().get("/api/videos/").status_code == 401


def test_the_schema_describes_it_without_warnings(tmp_path, capfd):
    call_command("spectacular", file=str(tmp_path / "schema.yml"), validate=True)
    ours = [line for line in capfd.readouterr().err.splitlines() if "tagging" in line]
    assert ours == []
    assert "/api/imports/{id}/cancel/" in (tmp_path / "schema.yml").read_text()
