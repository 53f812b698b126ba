"""Writing guidelines: preview, difference, clips as examples; published as the next version."""

import pytest
from django.urls import reverse

from tagging.models import VideoTag
from taxonomy import guidelines, names, own_set, publishing, versions
from taxonomy.models import Edit, Guideline
from tests.factories import make_line, make_tag, make_video

pytestmark = pytest.mark.django_db
PAGE = "/taxonomy/guidelines/"


@pytest.fixture
def line():
    return make_line(slug="search", name="Search")


@pytest.fixture
def tag(line):
    tag = make_tag("Slam dunk")
    names.follow(tag)
    Guideline.objects.create(tag=tag, body="The ball goes in.")
    versions.publish()
    return tag


def address(tag, line=""):
    return f"{PAGE}?tag={tag.code}" + (f"&line={line}" if line else "")


def test_a_change_becomes_an_edit_and_published_the_next_version(client, sign_in, tag):
    editor = sign_in("editor")
    yes, no = make_video(), make_video()
    sent = {"body": "From **above**.", "examples": [yes.pk], "counter_examples": [no.pk], "confirm": "on"}

    assert client.post(address(tag), sent).status_code == 302

    assert Edit.objects.get().op == "guideline"
    assert "From **above**." in client.get(address(tag)).content.decode()
    assert guidelines.texts([tag.pk], None)[tag.pk].version == 1
    publishing.publish(own_set.of(editor).pk, editor)
    newest = Guideline.objects.order_by("-version").first()
    assert (newest.version, newest.body, newest.examples, newest.counter_examples, newest.confirm) == (
        2,
        "From **above**.",
        [yes.pk],
        [no.pk],
        True,
    )


def test_each_line_has_a_text_of_its_own(client, sign_in, tag, line):
    editor = sign_in("editor")

    client.post(address(tag, "search"), {"body": "For us."})
    publishing.publish(own_set.of(editor).pk, editor)

    assert "For us." in guidelines.texts([tag.pk], line.pk)[tag.pk].html
    assert "goes in" in guidelines.texts([tag.pk], None)[tag.pk].html


def test_the_preview_shows_both_languages_and_what_changes(client, sign_in, tag):
    sign_in("editor")
    body = "The ball goes in **from above**.\n\n[zh]\n球从上方入筐"

    page = client.post(f"{PAGE}preview/?tag={tag.code}", {"body": body}).content.decode()

    assert "<strong>from above</strong>" in page
    assert "球从上方入筐" in page
    assert "<ins>" in page


def test_a_hostile_text_does_no_harm_in_the_preview(client, sign_in, tag):
    sign_in("editor")
    body = '<script>alert(1)</script><img src=x onerror="alert(2)"> [x](javascript:alert(3))'

    page = client.post(f"{PAGE}preview/?tag={tag.code}", {"body": body}).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("query", ["", "?tag=nothing", "?tag={code}&line=nowhere"])
def test_what_is_not_there_is_not_found(client, sign_in, tag, query):
    sign_in("editor")

    assert client.get(PAGE + query.format(code=tag.code)).status_code == 404


def test_clips_are_chosen_from_reviewed_ones_that_have_or_lack_the_tag(client, sign_in, tag, line):
    sign_in("editor")
    has, lacks, _new = make_video(title="A dunk"), make_video(title="A layup"), make_video(title="Nobody looked")
    for video in (has, lacks):
        type(video).objects.filter(pk=video.pk).update(reviewed_at="2026-01-01T00:00Z")
    VideoTag.objects.create(video=has, business_line=line, tag=tag, source="review")

    def found(**asked):
        return client.get(reverse("tagging:guideline-clips"), {"tag": tag.code} | asked).content.decode()

    assert "A dunk" in found()
    assert "A layup" not in found()
    assert "A layup" in found(has="0")
    assert "Nobody looked" not in found(has="0")
    assert "A layup" not in found(has="0", q="dunk")
    assert "A dunk" not in found(line=make_line().slug)


def test_chosen_clips_are_shown_in_their_order(client, sign_in, tag):
    sign_in("editor")
    first, second = make_video(title="First"), make_video(title="Second")

    page = client.get(reverse("tagging:guideline-picked"), {"name": "examples", "id": [second.pk, first.pk, 10**12]})

    assert page.content.decode().index("Second") < page.content.decode().index("First")
