"""Phrases without a tag: counted by clips, shown with their words, and decided on by editors."""

import pytest

from ml.feature_store import FeatureStore
from ml.modality.extraction import Modality
from ml.registry import serving
from ml.types import FoundPhrase, Span
from tagging import new_phrases, suggestions
from tagging.phrase_models import NewPhrase, PhraseSighting
from taxonomy import names, versions
from taxonomy.models import ChangeSet
from tests.factories import make_model, make_tag, make_video
from tests.ml.stack_data import make_pipeline
from tests.ml.test_extraction import DATA, FAST

pytestmark = pytest.mark.django_db


def found(text, words, kind="content", score=0.9):
    start = text.index(words)
    return FoundPhrase(Span("title", start, start + len(words)), words, kind, score, ())


def see(title, *phrases, **kw):
    """A clip in whose title a model found these phrases."""
    video = make_video(title=title)
    new_phrases.note({video.pk: [found(title, words, **kw) for words in phrases]})
    return video


def counts():
    return dict(NewPhrase.objects.values_list("key", "clips"))


@pytest.fixture
def editor(sign_in):
    versions.publish()
    return sign_in("editor")


def act(client, phrase, action, **told):
    return client.post(f"/taxonomy/phrases/{phrase.pk}/{action}/", told, follow=True)


def test_a_phrase_counts_once_a_clip_however_it_is_written():
    see("Bubble Tea and bubble  tea", "Bubble Tea", "bubble  tea")
    see("ＢＵＢＢＬＥ tea again", "ＢＵＢＢＬＥ tea")

    assert counts() == {"bubble tea": 2}
    assert NewPhrase.objects.get().text == "Bubble Tea"


def test_another_look_at_a_clip_replaces_what_was_read_before():
    video = see("tea and cake", "tea", "cake")
    see("cake", "cake")

    new_phrases.note({video.pk: [found("tea and cake", "tea and cake")]})
    new_phrases.note({video.pk: [found("tea and cake", "tea and cake")]})

    assert counts() == {"tea": 0, "cake": 1, "tea and cake": 1}
    assert [phrase.key for phrase in new_phrases.waiting()] == ["cake", "tea and cake"]
    new_phrases.note({video.pk: []})
    assert counts()["tea and cake"] == 0


@pytest.mark.parametrize(("words", "score"), [("a", 0.9), ("2026!", 0.9), ("x" * 201, 0.9), ("tea", 0.4)])
def test_what_is_no_phrase_is_not_noted(words, score):
    see(f"so {words} it is", words, score=score)

    assert not NewPhrase.objects.exists()


def test_a_batch_takes_the_same_statements_however_many_clips(django_assert_num_queries):
    for clips in (1, 30):
        texts = {make_video(title=f"t{n} c{n}").pk: f"t{n} c{n}" for n in range(clips)}
        with django_assert_num_queries(6):  # a savepoint around four
            new_phrases.note({pk: [found(text, word) for word in text.split()] for pk, text in texts.items()})


def test_what_has_become_a_name_waits_no_longer():
    see("tea", "tea")
    tag = make_tag("Tea")
    names.follow(tag)

    assert not new_phrases.waiting().exists()


def test_the_page_shows_the_commonest_with_its_words(client, editor, django_assert_max_num_queries):
    see("How to make <bubble tea> at home", "bubble tea", kind="category")
    for n in range(5):
        see(f"Ramen number {n}", "Ramen")

    with django_assert_max_num_queries(12):
        page = client.get("/taxonomy/phrases/").content.decode()

    assert page.index("<h2>Ramen</h2>") < page.index("<h2>bubble tea</h2>")
    assert page.count("<mark>Ramen</mark>") == new_phrases.EXAMPLES
    assert "How to make &lt;<mark>bubble tea</mark>&gt; at home" in page
    assert '<option value="category" selected>' in page


def test_an_empty_page_says_where_phrases_come_from(client, editor):
    assert "No phrase waits for a name" in client.get("/taxonomy/phrases/").content.decode()
    assert "Nothing was decided yet" in client.get("/taxonomy/phrases/?state=decided").content.decode()


def test_a_phrase_becomes_a_tag_in_the_editors_change_set(client, editor):
    see("奶茶 yes", "奶茶")
    phrase = NewPhrase.objects.get()

    act(client, phrase, "tag", kind="content")

    edit = ChangeSet.objects.get(author=editor).edits.get()
    assert edit.op == "create"
    assert (edit.values["name"], edit.values["kind"]) == ("奶茶", "content")
    assert edit.values["names"] == [["zh", "奶茶", True]]
    assert not new_phrases.waiting().exists()
    page = client.get("/taxonomy/phrases/?state=decided").content.decode()
    assert "in a change set" in page


@pytest.mark.parametrize("called", ["code", "name"])
def test_a_phrase_becomes_another_name_of_a_tag(client, editor, called):
    tag = make_tag("Tea")
    names.make(tag, "茶", language="zh", preferred=True).save()
    versions.publish()
    see("a cuppa now", "cuppa")

    act(client, NewPhrase.objects.get(), "alias", tag=["", getattr(tag, called), ""])

    edit = ChangeSet.objects.get(author=editor).edits.get()
    assert edit.op == "rename"
    assert edit.values["name"] == "Tea"
    assert {name[1] for name in edit.values["names"]} >= {"茶", "cuppa"}


@pytest.mark.parametrize("told", [{}, {"tag": "no-such-code"}])
def test_an_alias_of_nothing_is_refused_and_the_phrase_waits_on(client, editor, told):
    see("a cuppa now", "cuppa")

    answer = act(client, NewPhrase.objects.get(), "alias", **told)

    assert 'class="messages"' in answer.content.decode()
    assert new_phrases.waiting().count() == 1
    assert not ChangeSet.objects.filter(edits__isnull=False).exists()


def test_an_ignored_phrase_is_not_shown_again_until_it_is_put_back(client, editor):
    see("so nice", "so nice")
    phrase = NewPhrase.objects.get()

    act(client, phrase, "ignore")
    see("so nice", "so nice")
    assert not new_phrases.waiting().exists()
    act(client, phrase, "tag", kind="content")
    assert not ChangeSet.objects.filter(edits__isnull=False).exists()  # somebody has decided already

    act(client, phrase, "put-back")
    assert [(p.key, p.clips) for p in new_phrases.waiting()] == [("so nice", 2)]


def test_a_deleted_clip_takes_its_sightings_along():
    see("tea", "tea").delete()

    assert not PhraseSighting.objects.exists()


def test_what_the_models_read_is_noted_beside_the_suggestions(monkeypatch, tmp_path):
    versions.publish()
    store = FeatureStore(tmp_path)
    settings = FAST | {"around": False}  # three names are soon known by heart, and then nothing else is a phrase
    served = (make_model(state="active"), make_pipeline(["extraction.v1"], Modality([]), store, DATA, **settings))
    monkeypatch.setattr(serving, "active", lambda: served)
    video = make_video(title="today Ann Parko sings")
    make_video(title="today Anna Park sings")  # known to the models

    assert suggestions.suggest_batch() == 2

    sighting = PhraseSighting.objects.get()
    assert (sighting.video, sighting.phrase.text, sighting.phrase.kind) == (video, "Ann Parko", "person")
    assert (sighting.phrase.clips, sighting.field, sighting.start) == (1, "title", 6)
