"""The pages of change sets and versions."""

import pytest

from taxonomy import changes, versions
from taxonomy.models import ChangeSet, Governance, Tag, TaxonomyVersion
from tests.factories import make_line, make_tag, make_user, make_video
from tests.taxonomy.drafting import make_set, publish

pytestmark = pytest.mark.django_db

RENAME = ("rename", {"tag": "cat", "name": "Feline"})


@pytest.fixture
def editor(sign_in):
    animal = make_tag("Animal", code="animal")
    for code in ("cat", "dog"):
        make_tag(code.title(), code=code, parent=animal)
    versions.publish()
    return sign_in("editor")


def text(answer):
    return answer.content.decode()


def test_a_set_is_begun_described_published_and_taken_back(client, editor):
    where = client.post("/taxonomy/change-sets/").url
    client.post(where, {"title": "Pets", "comment": "Tidy up."})
    change_set = ChangeSet.objects.get()
    changes.add(change_set.pk, *RENAME, editor)
    page = text(client.get(where))
    assert "Renamed: “Cat” is now “Feline”" in page
    assert "Pets" in text(client.get("/taxonomy/change-sets/?state=open"))

    answer = client.post(f"{where}publish/", follow=True)
    assert "This is now version 2." in text(answer)
    assert TaxonomyVersion.objects.first().comment == "Tidy up."

    back = client.post(f"{where}revert/").url
    assert "Takes back" in text(client.get(back))
    client.post(f"{back}publish/")
    assert Tag.objects.get(code="cat").name == "Cat"


def test_the_preview_shows_counts_and_examples(client, editor):
    video = make_video(title="A cat on a wall")
    video.video_tags.create(business_line=make_line(), tag=Tag.objects.get(code="cat"), source="review")
    change_set = make_set(editor, ("merge", {"tag": "cat", "into": "dog"}))

    page = text(client.get(f"/taxonomy/change-sets/{change_set.pk}/impact/"))

    assert "labels that go to another tag" in page
    assert "A cat on a wall" in page
    assert "</html>" not in text(
        client.get(f"/taxonomy/change-sets/{change_set.pk}/impact/", headers={"HX-Request": "true"})
    )


def test_an_edit_is_taken_out(client, editor):
    change_set = make_set(editor, RENAME)

    client.post(f"/taxonomy/change-sets/{change_set.pk}/edits/1/remove/")

    assert not change_set.edits.standing().exists()


def test_a_clash_is_told_before_publishing_and_can_be_overruled(client, editor):
    mine = make_set(editor, ("rename", {"tag": "cat", "name": "Puss"}))
    publish(make_user("editor"), RENAME)
    where = mine.get_absolute_url()

    page = text(client.get(where))
    assert "Somebody published changes of the same" in page
    assert "Renamed: “Cat” is now “Feline”" in page
    assert client.post(f"{where}publish/").status_code == 409

    client.post(f"{where}carry-over/")
    client.post(f"{where}publish/")
    assert Tag.objects.get(code="cat").name == "Puss"


def test_where_the_site_asks_for_it_publishing_waits_for_somebody_else(client, editor):
    Governance.objects.create(pk=1, approval=True)
    where = make_set(editor, RENAME).get_absolute_url()

    assert f"{where}publish/" not in text(client.get(where))
    client.post(f"{where}propose/")
    assert f"{where}approve/" not in text(client.get(where))
    client.force_login(make_user("editor"))
    client.post(f"{where}approve/")
    client.post(f"{where}publish/")

    assert versions.current().number == 2


def test_an_unknown_step_is_not_found(client, editor):
    assert client.post(f"{make_set(editor, RENAME).get_absolute_url()}celebrate/").status_code == 404


def test_versions_are_listed_compared_exported_and_restored(client, editor):
    publish(editor, RENAME)

    assert "v2" in text(client.get("/taxonomy/versions/"))
    compared = text(client.get("/taxonomy/versions/compare/?former=1&later=2"))
    assert "Renamed: “Cat” is now “Feline”" in compared
    assert client.get("/taxonomy/versions/compare/?former=1&later=9").status_code == 422
    assert client.get("/taxonomy/versions/1.json").json()["tags"]["name"][1] == "Cat"
    restoring = client.post("/taxonomy/versions/1/restore/").url
    client.post(f"{restoring}publish/")
    assert Tag.objects.get(code="cat").name == "Cat"


def test_the_list_of_sets_takes_as_many_queries_for_many(client, editor, django_assert_max_num_queries):
    for _ in range(12):
        make_set(editor, RENAME)

    with django_assert_max_num_queries(8):
        client.get("/taxonomy/change-sets/")
