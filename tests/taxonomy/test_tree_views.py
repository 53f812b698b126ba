"""The page of the tree and what its scripts fetch."""

import gzip
import json

import pytest
from django.core.cache import cache
from django.urls import reverse

from taxonomy import changes, names, versions
from taxonomy.models import TagRelation
from tests.factories import make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_cache():
    cache.clear()


@pytest.fixture
def rain():
    tag = make_tag("Rain", code="rain")
    names.follow(tag)
    names.make(tag, "下雨", language="zh", preferred=True).save()
    make_tag("Drizzle", code="drizzle", parent=tag)
    return tag


def tree_address(version, language="en") -> str:
    return reverse("taxonomy:tree", args=[version.number, version.digest, language])


def page(client, **query) -> str:
    return client.get(reverse("taxonomy:index"), query).content.decode()


def test_the_tree_is_one_file_that_browsers_keep(client, sign_in, rain):
    sign_in("annotator")
    version = versions.publish()

    packed = client.get(tree_address(version), headers={"accept-encoding": "gzip"})
    plain = client.get(tree_address(version, "zh-hans"))

    assert json.loads(gzip.decompress(packed.content))["name"] == ["Rain", "Drizzle"]
    assert json.loads(plain.content) == {
        "format": 1,
        "id": [rain.pk, rain.pk + 1],
        "code": ["rain", "drizzle"],
        "name": ["下雨", "Drizzle"],
        "parent": [-1, 0],
        "state": [1, 1],
        "assignable": [1, 1],
    }
    assert "immutable" in packed["Cache-Control"]


def test_the_file_is_made_once(client, sign_in, rain, django_assert_max_num_queries):
    sign_in("annotator")
    version = versions.publish()
    client.get(tree_address(version))

    with django_assert_max_num_queries(3):  # who asks, what they may, which version
        client.get(tree_address(version))


def test_other_content_or_languages_are_not_found(client, sign_in, rain):
    sign_in("annotator")
    version = versions.publish()

    assert client.get(tree_address(version, "fr")).status_code == 404
    version.digest = "0" * 64
    assert client.get(tree_address(version)).status_code == 404


def test_an_editor_sees_the_version_their_open_set_was_begun_on(client, sign_in, rain):
    editor = sign_in("editor")
    first = versions.publish()
    begun = changes.open(editor)
    make_tag("Snow")
    second = versions.publish()

    assert tree_address(first) in page(client)
    assert f'data-set="{begun.pk}"' in page(client)
    changes.discard(begun.pk)
    assert tree_address(second) in page(client)


def test_an_editor_may_join_the_set_of_another(client, sign_in, rain):
    versions.publish()
    theirs = changes.open(sign_in("editor"))
    sign_in("editor")

    assert 'data-set=""' in page(client)
    assert f'data-set="{theirs.pk}"' in page(client, set=theirs.pk)


def test_who_views_gets_nothing_of_editing(client, sign_in, rain):
    sign_in("annotator")
    versions.publish()

    assert not any(word in page(client) for word in ("change-set", "names-dialog", "editing.js"))


def test_a_script_gets_the_part_of_a_tag_only(client, sign_in, rain, django_assert_max_num_queries):
    sign_in("editor")
    address = reverse("taxonomy:tag", args=[rain.pk])

    with django_assert_max_num_queries(20):
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert part.startswith("<article") or "<html" not in part
    assert "下雨" in part
    assert "<html" in client.get(address).content.decode()


def test_the_page_of_a_tag_tells_its_relations_both_ways(client, sign_in, rain):
    sign_in("editor")
    snow = make_tag("Snow", code="snow")
    TagRelation.objects.create(tag=rain, kind="related", other=snow)
    TagRelation.objects.create(tag=rain, kind="exact_match", uri="https://example.org/rain")

    of_rain = client.get(reverse("taxonomy:tag", args=[rain.pk])).content.decode()
    of_snow = client.get(reverse("taxonomy:tag", args=[snow.pk])).content.decode()

    assert 'data-relation="related" data-tag="rain" data-to="snow"' in of_rain
    assert "https://example.org/rain" in of_rain
    assert "related to" in of_snow
    assert "data-relation" not in of_snow.split("<article")[1].split("</article>")[0]
