"""Change sets through the API, as the editor page and programs use them."""

import re
from pathlib import Path

import pytest

from taxonomy import edit_words, versions
from taxonomy.models import Tag
from tests.factories import make_tag, make_user

pytestmark = pytest.mark.django_db

JSON = {"content_type": "application/json"}


@pytest.fixture
def editor(sign_in):
    animal = make_tag("Animal", code="animal")
    make_tag("Cat", code="cat", parent=animal)
    make_tag("Dog", code="dog", parent=animal)
    versions.publish()
    return sign_in("editor")


@pytest.fixture
def begun(client, editor):
    return client.post("/api/change-sets/", {"title": "Pets"}, **JSON).json()["id"]


def send(client, change_set, *edits, **kw):
    body = {"edits": [{"op": op, "values": values} for op, values in edits], **kw}
    return client.post(f"/api/change-sets/{change_set}/edits/", body, **JSON)


def test_edits_are_gathered_published_and_taken_back(client, begun):
    answer = send(client, begun, ("rename", {"tag": "cat", "name": "Feline"}), seen=0)
    assert (answer.status_code, answer.json()["revision"]) == (201, 1)
    assert [edit["words"] for edit in answer.json()["edits"]] == ["Renamed: “Cat” is now “Feline”"]

    published = client.post(f"/api/change-sets/{begun}/publish/").json()
    assert (published["state"], published["version"]) == ("published", 2)
    assert client.get("/api/taxonomy/versions/compare/?from=1&to=2").json()[0]["words"] == (
        "Renamed: “Cat” is now “Feline”"
    )

    back = client.post(f"/api/change-sets/{begun}/revert/").json()
    assert back["reverts"] == begun
    client.post(f"/api/change-sets/{back['id']}/publish/")
    assert Tag.objects.get(code="cat").name == "Cat"


def test_a_refused_edit_says_why_and_stores_nothing(client, begun):
    bad = ("move", {"tag": "animal", "parent": "cat"})

    answer = send(client, begun, ("rename", {"tag": "cat", "name": "Feline"}), bad)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "“Animal” cannot stand below itself: “Cat” is in its branch."
    assert client.get(f"/api/change-sets/{begun}/").json()["edits"] == []


def test_who_was_slower_is_told_what_changed(client, begun):
    send(client, begun, ("rename", {"tag": "cat", "name": "Feline"}))

    slower = send(client, begun, ("rename", {"tag": "cat", "name": "Puss"}), seen=0)
    beside = send(client, begun, ("rename", {"tag": "dog", "name": "Hound"}), seen=0)

    assert (slower.status_code, slower.json()["code"]) == (409, "outdated")
    assert [edit["words"] for edit in slower.json()["since"]] == ["Renamed: “Cat” is now “Feline”"]
    assert beside.status_code == 201
    assert [edit["words"] for edit in beside.json()["since"]] == ["Renamed: “Cat” is now “Feline”"]


def test_a_clash_at_publishing_is_told_in_words(client, begun):
    send(client, begun, ("rename", {"tag": "cat", "name": "Feline"}))
    other = client.post("/api/change-sets/", {"title": "Other"}, **JSON).json()["id"]
    send(client, other, ("rename", {"tag": "cat", "name": "Puss"}))
    client.post(f"/api/change-sets/{begun}/publish/")

    answer = client.post(f"/api/change-sets/{other}/publish/")

    assert answer.status_code == 409
    [clash] = answer.json()["clashes"]
    assert clash["edit"]["words"] == "Renamed: “Cat” is now “Puss”"
    assert clash["theirs"] == ["Renamed: “Cat” is now “Feline”"]
    client.post(f"/api/change-sets/{other}/carry-over/")
    assert client.post(f"/api/change-sets/{other}/publish/").json()["version"] == 3


def test_an_edit_can_be_taken_out_and_the_last_one_undone(client, begun):
    send(client, begun, ("rename", {"tag": "cat", "name": "Feline"}), ("rename", {"tag": "dog", "name": "Hound"}))

    left = client.delete(f"/api/change-sets/{begun}/edits/1/").json()["edits"]
    assert [edit["number"] for edit in left] == [2]
    assert client.post(f"/api/change-sets/{begun}/undo/").json()["edits"] == []
    assert client.post(f"/api/change-sets/{begun}/undo/").status_code == 409
    since = client.get(f"/api/change-sets/{begun}/edits/?since=2").json()
    assert [(edit["number"], edit["removed"]) for edit in since["edits"]] == [(1, True), (2, True)]


def test_a_leaf_at_an_odd_level_is_pointed_out(client, begun):
    send(client, begun, ("create", {"code": "car", "name": "Car", "parent": None}))

    assert client.get(f"/api/change-sets/{begun}/").json()["odd_leaves"] == [{"tag": "car", "name": "Car", "depth": 1}]


def test_a_version_is_exported_and_restored(client, begun):
    send(client, begun, ("merge", {"tag": "cat", "into": "dog"}))
    client.post(f"/api/change-sets/{begun}/publish/")

    assert client.get("/api/taxonomy/versions/1/").json()["tags"]["code"] == ["animal", "cat", "dog"]
    back = client.post("/api/taxonomy/versions/1/restore/").json()

    assert [edit["words"] for edit in back["edits"]] == ["Merge taken back: “Cat” stands for itself"]
    assert [version["number"] for version in client.get("/api/taxonomy/versions/").json()] == [2, 1]


def test_approval_needs_somebody_else(client, begun, sign_in):
    send(client, begun, ("rename", {"tag": "cat", "name": "Feline"}))
    client.post(f"/api/change-sets/{begun}/propose/")
    refused = client.post(f"/api/change-sets/{begun}/approve/")
    assert (refused.status_code, refused.json()["code"]) == (409, "own")

    client.force_login(make_user("editor"))
    assert client.post(f"/api/change-sets/{begun}/approve/").json()["approved"]


def test_every_reason_has_a_sentence():
    folder = Path(edit_words.__file__).parent
    sources = "".join(file.read_text() for file in folder.glob("*.py"))
    refused = set(re.findall(r'EditRefused\(\s*"(\w+)"', sources)) | {"has_rules", "has_relations", "has_guideline"}
    assert refused - edit_words.REFUSED.keys() == set()
    assert set(re.findall(r'NotPossible\("(\w+)"', sources)) - edit_words.NOT_POSSIBLE.keys() == set()


def test_every_operation_is_told_in_words():
    from taxonomy.drafting.edits import FIELDS

    told = edit_words.Words._SENTENCES.keys() | {"rule_add", "rule_change", "rule_remove", "guideline"}
    assert FIELDS.keys() - told == set()
