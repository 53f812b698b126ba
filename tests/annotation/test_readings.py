"""Guidelines on the review page: what changed since they were read, and what is to be confirmed before a verdict."""

import pytest
from django.urls import reverse
from django.utils import translation

from annotation import guideline_cards, readings
from annotation.models import GuidelineReading, Review
from annotation.verdicts import Said
from taxonomy import guidelines
from taxonomy.models import Guideline
from tests.annotation.factories import claim, make_review, make_task, publish
from tests.annotation.test_review_page import JSON, entries
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(sign_in, line):
    return sign_in("annotator", lines=(line,))


@pytest.fixture
def dunk():
    return make_tag("Slam dunk")


@pytest.fixture
def task(line, reviewer, dunk, street):
    """A clip with two proposed tags, claimed by the reviewer."""
    video = make_video(title="He dunks at the street court")
    make_suggestions(video, {dunk: 0.9, street: 0.6}, model=make_model(), taxonomy=publish())
    make_task(line, video=video)
    return claim(reviewer, line)


def write(tag, body, version=1, **kw):
    return Guideline.objects.create(tag=tag, body=body, version=version, **kw)


def news(tag, person, line=None):
    texts = guidelines.texts([tag.pk], line)
    return readings.news(texts.values(), person.pk).get(texts[tag.pk].pk)


def told(change):
    return "".join(f"[{part.kind}:{part.text}]" for part in change.parts)


def test_who_never_read_it_is_told_nothing_and_asked_nothing():
    tag, person = make_tag(), make_user()
    write(tag, "A ball.")
    write(tag, "A ball or hoop.", version=2)

    assert news(tag, person) is None
    readings.check(person.pk, guidelines.texts([tag.pk], make_line().pk))


def test_who_read_an_older_version_is_told_what_changed_since():
    tag, person = make_tag(), make_user()
    readings.note(person.pk, [write(tag, "A ball must be in sight.").pk])
    write(tag, "A ball has to be in sight.", version=2)
    newest = write(tag, "A ball is in sight.", version=3)

    change = news(tag, person)
    assert (change.former, change.asked) == (1, False)
    assert told(change) == "[same:A ball ][gone:must be ][new:is ][same:in sight.]"
    readings.note(person.pk, [newest.pk])
    assert news(tag, person) is None


def test_the_change_is_told_in_the_readers_language():
    tag, person = make_tag(), make_user()
    readings.note(person.pk, [write(tag, "A ball.\n\n[zh]\n有球").pk])
    write(tag, "A ball.\n\n[zh]\n有篮球", version=2)

    with translation.override("zh-hans"):
        assert told(news(tag, person)) == "[same:有][new:篮][same:球]"
    with translation.override("en"):
        assert told(news(tag, person)) == ""


def test_one_that_asks_for_it_is_confirmed_once_by_everybody():
    tag, line, person = make_tag(), make_line(), make_user()
    write(tag, "A ball.")
    asked = write(tag, "A ball or hoop.", version=2, confirm=True)
    newest = write(tag, "A ball, or hoop.", version=3)  # a comma; nobody is asked about that

    with pytest.raises(readings.Unconfirmed) as refused:
        readings.check(person.pk, guidelines.texts([tag.pk], line.pk))
    assert refused.value.texts[tag.pk].pk == newest.pk
    readings.note(person.pk, [asked.pk])  # read, not confirmed
    with pytest.raises(readings.Unconfirmed):
        readings.check(person.pk, guidelines.texts([tag.pk], line.pk))
    readings.note(person.pk, [newest.pk], confirmed=True)
    readings.check(person.pk, guidelines.texts([tag.pk], line.pk))
    write(tag, "A hoop.", version=4, confirm=True)
    with pytest.raises(readings.Unconfirmed):
        readings.check(person.pk, guidelines.texts([tag.pk], line.pk))


def test_what_changed_stays_on_the_page_until_it_is_confirmed():
    tag, person = make_tag(), make_user()
    readings.note(person.pk, [write(tag, "A ball.").pk])
    asked = write(tag, "A hoop.", version=2, confirm=True)
    readings.note(person.pk, [asked.pk])  # it stood on the screen

    assert (news(tag, person).asked, told(news(tag, person))) == (True, "[same:A ][gone:ball.][new:hoop.]")
    readings.note(person.pk, [asked.pk], confirmed=True)
    assert news(tag, person) is None


def test_the_text_that_holds_for_the_line_is_the_one_to_confirm():
    tag, line, other, person = make_tag(), make_line(), make_line(), make_user()
    write(tag, "For all.")
    write(tag, "For us.", business_line=line, confirm=True)

    readings.check(person.pk, guidelines.texts([tag.pk], other.pk))
    with pytest.raises(readings.Unconfirmed):
        readings.check(person.pk, guidelines.texts([tag.pk], line.pk))


def test_an_ended_guideline_gives_way_to_the_next():
    tag, line = make_tag(), make_line()
    write(tag, "For all.")
    write(tag, "For us.", business_line=line)
    write(tag, "", business_line=line, version=2)

    assert "For all." in guidelines.texts([tag.pk], line.pk)[tag.pk].html


def test_where_nothing_ever_changed_nothing_is_asked_of_the_database(django_assert_num_queries):
    tags = [make_tag() for _ in range(3)]
    for tag in tags:
        write(tag, "Same as ever.")
    texts, person = guidelines.texts([tag.pk for tag in tags], None), make_user()

    with django_assert_num_queries(0):
        assert guideline_cards.of(texts.values(), person.pk) == {}
        readings.check(person.pk, texts)


def test_a_review_waits_for_the_confirmation_and_loses_nothing(client, task, dunk, reviewer):
    asked = write(dunk, "The ball goes in from above.", confirm=True)
    sent = entries(task)

    answer = client.post(task.get_absolute_url(), sent, **JSON)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["tag"], error["guideline"]) == (422, "confirm", dunk.pk, asked.pk)
    assert not Review.objects.exists()
    assert client.post(task.get_absolute_url(), sent | {"confirm": asked.pk}, **JSON).json()["stored"]
    assert client.post(task.get_absolute_url(), sent, **JSON).json()["stored"]  # the same once more
    assert Review.objects.get().verdicts.get(tag=dunk).guideline == asked
    assert GuidelineReading.objects.get(person=reviewer).confirmed_at


def test_without_scripts_the_page_comes_back_with_the_box_to_tick(client, task, dunk):
    write(dunk, "The ball goes in from above.", confirm=True)

    page = client.post(task.get_absolute_url(), entries(task)).content.decode()

    assert "The guideline of Slam dunk changed." in page
    assert 'name="confirm"' in page


def test_a_confirmation_is_kept_though_the_verdicts_are_refused(client, task, dunk):
    asked = write(dunk, "The ball goes in from above.", confirm=True)

    client.post(task.get_absolute_url(), entries(task, add=10**9) | {"confirm": asked.pk}, **JSON)

    assert not Review.objects.exists()
    assert GuidelineReading.objects.get().guideline == asked


def test_the_api_tells_and_takes_it(client, task, dunk, street):
    asked = write(dunk, "The ball goes in from above.", confirm=True)
    clip = client.get(reverse("api-task", args=[task.pk])).json()
    (text,) = [p["guideline"] for p in clip["proposals"] if p["tag"] == dunk.pk]
    assert (text["id"], text["change"]["asked"]) == (asked.pk, True)
    verdicts = [{"tag": tag.pk, "choice": "accept"} for tag in (dunk, street)]
    sent = {"operation": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "token": task.token, "verdicts": verdicts}
    sent |= {"model_version": clip["model_version"]}
    address = reverse("api-submit", args=[task.pk])

    refused = client.post(address, sent, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "confirm")
    stored = client.post(address, sent | {"confirmed": [asked.pk]}, content_type="application/json")
    assert stored.status_code == 200


def test_the_page_shows_what_changed_and_clips_as_examples(client, task, dunk, reviewer):
    readings.note(reviewer.pk, [write(dunk, "The ball goes in.").pk])
    yes, no = make_video(title="A fine dunk"), make_video(title="A layup")
    write(dunk, "The ball goes in from above.", version=2, examples=[yes.pk, 10**12], counter_examples=[no.pk])

    page = client.get(task.get_absolute_url()).content.decode()

    assert "from above." in page
    assert "<ins>" in page
    assert all(title in page for title in ("A fine dunk", "A layup"))


def test_the_guideline_of_an_added_tag_is_fetched(client, task):
    tag = make_tag("Crowd")
    write(tag, "People **cheer**.")

    page = client.get(reverse("annotation:review-guideline", args=[task.pk, tag.pk])).content.decode()

    assert f'data-guideline="{tag.pk}"' in page
    assert "<strong>cheer</strong>" in page
    assert client.get(reverse("annotation:review-guideline", args=[task.pk, 10**9])).status_code == 404


def test_what_was_on_the_screen_is_noted(client, reviewer, dunk):
    row = write(dunk, "x")

    assert client.post(reverse("annotation:guidelines-read"), {"guideline": [row.pk, 10**12]}).status_code == 204

    assert [(r.person, r.guideline, r.confirmed_at) for r in GuidelineReading.objects.all()] == [(reviewer, row, None)]


def test_an_import_of_verdicts_by_others_is_not_held_up():
    line, tag = make_line(), make_tag()
    person = make_user("annotator", lines=(line,))
    publish()
    make_task(line)
    write(make_tag(), "x", confirm=True)  # of a tag that nobody judges here

    assert make_review(claim(person, line), [Said(tag.pk, "add")])
