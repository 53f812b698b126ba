"""The taxonomy's pages, its file for browsers, its API and its admin."""

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from taxonomy import names, versions
from taxonomy.models import Governance, Guideline, Rule, Tag
from tests.factories import make_line, make_tag

pytestmark = pytest.mark.django_db


def upload(text: str, name: str = "tags.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


@pytest.fixture
def branch() -> list[Tag]:
    sports = make_tag("Sports", assignable=False)
    ball = make_tag("Ball games", parent=sports)
    hoops = make_tag("Basketball", parent=ball)
    for tag in (sports, ball, hoops):
        names.follow(tag)
    names.make(hoops, "篮球", language="zh", preferred=True).save()
    return [sports, ball, hoops]


def test_the_tree_shows_categories_and_open_tags(client, sign_in, branch):
    sign_in("annotator")
    make_tag("Captain Leo", kind="person")

    page = client.get(reverse("taxonomy:index")).content.decode()

    assert all(name in page for name in ("Sports", "Ball games", "Basketball", "Captain Leo"))


def test_the_tree_costs_the_same_for_any_size(client, sign_in, branch, django_assert_max_num_queries):
    sign_in("annotator")
    for n in range(20):
        make_tag(f"T{n}", parent=branch[n % 3])

    with django_assert_max_num_queries(10):
        client.get(reverse("taxonomy:index"))


def test_a_search_finds_by_pinyin_without_javascript(client, sign_in, branch):
    sign_in("annotator")

    page = client.get(reverse("taxonomy:index"), {"q": "lanqiu"}).content.decode()

    assert "Sports › Ball games" in page
    assert reverse("taxonomy:tag", args=[branch[2].pk]) in page


def test_the_page_of_a_tag_tells_names_place_rules_and_guidelines(client, sign_in, branch):
    sign_in("annotator")
    line = make_line(name="Search line")
    rule = Rule.objects.create(kind="excludes", subject=branch[1], business_line=line)
    rule.others.add(make_tag("Chess"))
    Guideline.objects.create(tag=branch[1], body="**A ball** is in sight.")

    page = client.get(reverse("taxonomy:tag", args=[branch[2].pk])).content.decode()

    assert "篮球" in page
    assert "Ball games is never together with Chess." in page
    assert "<strong>A ball</strong>" in page


def test_who_only_reviews_cannot_import(client, sign_in):
    sign_in("annotator")

    assert client.get(reverse("taxonomy:import")).status_code == 403
    assert client.post(reverse("api-taxonomy-import"), {"tags": upload("id,name\na,A\n")}).status_code == 403


@pytest.mark.parametrize("route", ["index", "import", "current-file"])
def test_strangers_are_asked_to_sign_in(client, route):
    assert client.get(reverse(f"taxonomy:{route}")).url.startswith("/sign-in/")


def test_an_editor_sees_what_an_import_would_change_and_then_imports(client, sign_in):
    editor = sign_in("editor")
    address = reverse("taxonomy:import")

    shown = client.post(address, {"tags": upload("id,name\na,Rain\n"), "dry_run": "on"})
    assert "Rain" in shown.content.decode()
    assert not Tag.objects.exists()

    client.post(address, {"tags": upload("id,name\na,Rain\n"), "comment": "Weather"})
    version = versions.current()
    assert (Tag.objects.get().name, version.comment, version.author) == ("Rain", "Weather", editor)


def test_a_refused_import_says_why(client, sign_in):
    sign_in("editor")

    answer = client.post(reverse("taxonomy:import"), {"tags": upload("id,name,parent\na,Rain,zz\n")})

    assert answer.status_code == 422
    assert "line 2: there is no parent zz" in answer.content.decode()


def test_the_export_is_what_an_import_reads(client, sign_in, branch):
    sign_in("editor")

    file = b"".join(client.get(reverse("taxonomy:export", args=["tags"])).streaming_content)

    assert b"Basketball" in file
    answer = client.post(reverse("taxonomy:import"), {"tags": upload(file.decode())})
    assert "Unchanged: 3" in answer.content.decode()


def test_the_file_is_sent_as_stored_and_kept_by_browsers(client, sign_in, branch):
    sign_in("annotator")
    version = versions.publish()

    packed = client.get(reverse("taxonomy:current-file"), follow=True, headers={"accept-encoding": "gzip, br"})
    plain = client.get(packed.redirect_chain[-1][0])

    assert packed["Content-Encoding"] == "gzip"
    assert packed.content == bytes(version.content)
    assert gzip.decompress(packed.content) == plain.content
    assert "immutable" in packed["Cache-Control"]
    assert "private" in packed["Cache-Control"]
    assert json.loads(plain.content)["tags"]["name"] == ["Sports", "Ball games", "Basketball"]


def test_a_file_of_other_content_is_not_found(client, sign_in, branch):
    sign_in("annotator")
    version = versions.publish()

    assert client.get(reverse("taxonomy:file", args=[version.number, "0" * 64])).status_code == 404


def test_the_api_searches_tags_and_tells_the_version(client, sign_in, branch):
    sign_in("annotator")
    version = versions.publish()

    [found] = client.get(reverse("api-tags"), {"q": "lq"}).json()
    one = client.get(reverse("api-tag", args=[found["id"]])).json()

    assert (found["name"], found["path"]) == ("Basketball", ["Sports", "Ball games"])
    assert {name["text"] for name in one["names"]} == {"Basketball", "篮球"}
    assert client.get(reverse("api-taxonomy")).json()["number"] == version.number


def test_the_api_tells_the_guideline_that_holds(client, sign_in, branch):
    sign_in("annotator")
    line = make_line()
    address = reverse("api-tag-guideline", args=[branch[2].pk])
    assert client.get(address).status_code == 404

    Guideline.objects.create(tag=branch[0], business_line=line, body="Only real games")

    assert client.get(address, {"line": line.slug}).json()["html"] == "<p>Only real games</p>\n"
    assert client.get(address, {"line": "nobody"}).status_code == 404


def test_the_api_imports_and_explains_refusals(client, sign_in):
    sign_in("editor")
    address = reverse("api-taxonomy-import")

    refused = client.post(address, {"tags": upload("id,name\na,\n")})
    done = client.post(address, {"tags": upload("id,name,excludes\na,A,b\nb,B,\n")})

    assert refused.json() == {"problems": [{"line": 2, "reason": "the name is missing"}]}
    assert (done.json()["created"], done.json()["version"]["number"]) == (2, 1)


@pytest.mark.parametrize("model", ["tag", "rule", "guideline"])
def test_the_admin_only_shows_what_change_sets_write(client, sign_in, branch, model):
    sign_in("editor", is_superuser=True)

    assert client.get(reverse(f"admin:taxonomy_{model}_add")).status_code == 403
    assert client.get(reverse("admin:taxonomy_tag_change", args=[branch[0].pk])).status_code == 200
    assert client.post(reverse("admin:taxonomy_tag_change", args=[branch[0].pk]), {"name": "X"}).status_code == 403
    assert client.post(reverse("admin:taxonomy_tag_delete", args=[branch[0].pk])).status_code == 403


def test_an_admin_asks_for_a_second_person(client, sign_in):
    sign_in("admin")

    client.post(reverse("admin:taxonomy_governance_add"), {"approval": "on", "shallowest": "2", "deepest": "6"})

    rules = Governance.load()
    assert (rules.approval, rules.shallowest, rules.deepest) == (True, 2, 6)
    assert client.get(reverse("admin:taxonomy_governance_add")).status_code == 403


@pytest.mark.parametrize("model", ["tag", "rule", "guideline", "taxonomyversion"])
def test_the_admin_lists_open(client, sign_in, branch, model):
    sign_in("editor", is_staff=True)
    versions.publish()

    assert client.get(reverse(f"admin:taxonomy_{model}_changelist")).status_code == 200
