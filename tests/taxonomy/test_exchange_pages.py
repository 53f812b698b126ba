"""Import and export on the page and through the API."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from taxonomy.models import ChangeSet, Governance, Tag

pytestmark = pytest.mark.django_db
NODES = [
    {"id": "a", "name": "Sounds", "child_ids": ["b"], "restrictions": ["abstract"]},
    {"id": "b", "name": "Rain", "child_ids": [], "restrictions": []},
]


def upload(nodes: list | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("ontology.json", json.dumps(NODES if nodes is None else nodes).encode())


def test_a_dry_run_on_the_page_shows_the_difference_and_changes_nothing(client, sign_in):
    sign_in("editor")

    page = client.post(reverse("taxonomy:import"), {"tags": upload(), "dry_run": "on"}).content.decode()

    assert "new: Rain (b) below a" in page
    assert not Tag.objects.exists()


def test_an_import_is_one_published_change_set(client, sign_in):
    editor = sign_in("editor")

    client.post(reverse("taxonomy:import"), {"tags": upload(), "form": "audioset", "comment": "Sounds"})

    made = ChangeSet.objects.get()
    assert (made.author, made.state, made.version.number) == (editor, "published", 1)
    assert made.edits.get().values | {"format": "audioset", "created": 2} == made.edits.get().values


def test_where_a_second_person_approves_only_an_administrator_imports(client, sign_in):
    Governance.objects.create(pk=1, approval=True)
    sign_in("editor")
    refused = client.post(reverse("taxonomy:import"), {"tags": upload()})
    assert refused.status_code == 422
    assert "a second person approves changes" in refused.content.decode()
    assert not Tag.objects.exists()

    sign_in("editor").groups.add(Group.objects.get(name="admin"))
    assert client.post(reverse("taxonomy:import"), {"tags": upload()}).status_code == 200
    assert Tag.objects.exists()


def test_a_refused_file_is_told_on_the_page(client, sign_in):
    sign_in("editor")

    answer = client.post(reverse("taxonomy:import"), {"tags": upload([NODES[0]])})

    assert answer.status_code == 422
    assert "there is no node b" in answer.content.decode()


def test_a_file_that_is_far_too_long_is_refused_early(client, sign_in, monkeypatch):
    monkeypatch.setattr("taxonomy.exchange.staging.MOST_ROWS", 1)
    sign_in("editor")

    answer = client.post(reverse("taxonomy:import"), {"tags": upload()})

    assert answer.status_code == 422
    assert "more than 1 rows: import it in parts" in answer.content.decode()
    assert not Tag.objects.exists()


def test_the_api_imports_and_exports(client, sign_in):
    sign_in("editor")

    report = client.post(reverse("api-taxonomy-import"), {"tags": upload(), "form": "audioset"}).json()
    written = {
        ending: b"".join(client.get(reverse("api-taxonomy-export", args=[ending])).streaming_content).decode()
        for ending in ("tags.csv", "ttl", "rdf", "jsonld", "json")
    }

    assert (report["created"], report["remarks"], report["version"]["number"]) == (2, [], 1)
    assert all("Rain" in text for text in written.values())
    assert json.loads(written["json"])["tags"]["code"] == ["a", "b"]


@pytest.mark.parametrize("ending", ["ttl", "rdf", "jsonld", "json"])
def test_the_page_exports_all_of_it_as_one_file(client, sign_in, ending):
    sign_in("annotator")

    answer = client.get(reverse("taxonomy:export-whole", args=[ending]))

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="taxonomy.{ending}"'
