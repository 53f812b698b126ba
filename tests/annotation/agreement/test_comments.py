"""Comments and questions on a clip."""

import pytest
from django.urls import reverse

from annotation.agreement import comments
from annotation.models import Comment
from tests.annotation.test_races import together
from tests.factories import make_line, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def video():
    return make_video()


def ask(video, line, **kw):
    return comments.say(video.pk, line.pk, kw.pop("by", None) or make_user(), "Is this a dunk?", question=True)


def place(video):
    return reverse("annotation:comments", args=[video.pk])


def test_a_comment_is_plain_text(client, sign_in, line, video):
    sign_in(lines=(line,))

    page = client.post(place(video), {"text": "<b>odd</b>\nclip", "line": line.slug}, follow=True).text

    assert "&lt;b&gt;odd&lt;/b&gt;" in page
    assert Comment.objects.get().question is False


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_nothing_and_novels_are_refused(client, sign_in, line, video, text):
    sign_in(lines=(line,))

    assert client.post(place(video), {"text": text, "line": line.slug}).status_code == 422
    assert not Comment.objects.exists()


def test_a_question_waits_for_who_decides(client, sign_in, line, video):
    asker = sign_in(lines=(line,))
    client.post(place(video), {"text": "Is this a dunk?", "line": line.slug, "question": "1"})
    assert "Open questions" not in client.get(reverse("annotation:questions")).text

    sign_in("editor")
    page = client.get(reverse("annotation:questions")).text

    assert "Is this a dunk?" in page
    assert str(asker.username) in page


def test_who_decides_is_told_on_the_first_page(client, sign_in, line, video):
    ask(video, line)
    sign_in("admin")

    assert "open questions" in client.get("/").text


def test_the_asker_sees_the_answer(client, sign_in, line, video):
    asker = make_user(lines=(line,))
    question = ask(video, line, by=asker)
    sign_in("editor")
    client.post(reverse("annotation:answer", args=[question.pk]), {"text": "It is.", "close": "1"})
    assert comments.news(asker) == 1

    client.force_login(asker)
    listed = client.get(reverse("annotation:questions")).text
    page = client.get(place(video)).text

    assert "answered" in listed
    assert "It is." in page
    assert comments.news(asker) == 0
    question.refresh_from_db()
    assert question.closed_at is not None
    assert list(comments.open_questions([line])) == []


def test_who_answers_themselves_is_not_told(line, video):
    asker = make_user(lines=(line,))
    comments.answer(ask(video, line, by=asker), asker, "Never mind.", close=True)

    assert comments.news(asker) == 0


def test_a_closed_question_takes_no_answer(client, sign_in, line, video):
    question = ask(video, line)
    comments.answer(question, make_user("editor"), "Yes.", close=True)
    sign_in("editor")

    answer = client.post(
        reverse("annotation:answer", args=[question.pk]), {"text": "No."}, headers={"HX-Request": "true"}
    )

    assert "a moment ago" in answer.text
    assert Comment.objects.filter(answers=question).count() == 1


def test_other_reviewers_may_answer_but_not_close(client, sign_in, line, video):
    question = ask(video, line)
    sign_in(lines=(line,))

    client.post(reverse("annotation:answer", args=[question.pk]), {"text": "I think so.", "close": "1"})

    question.refresh_from_db()
    assert (question.closed_at, question.news) == (None, True)


def test_threads_of_other_lines_are_not_seen(client, sign_in, line, video):
    question = ask(video, line)
    other = make_line()
    sign_in(lines=(other,))

    assert "Is this a dunk?" not in client.get(place(video)).text
    assert client.post(reverse("annotation:answer", args=[question.pk]), {"text": "x"}).status_code == 404
    assert client.post(place(video), {"text": "x", "line": line.slug}).status_code == 404


def test_a_thread_takes_few_queries(client, sign_in, line, video, django_assert_max_num_queries):
    for _ in range(5):
        comments.answer(ask(video, line), make_user("editor"), "It is.")
    sign_in(lines=(line,))

    with django_assert_max_num_queries(9):
        page = client.get(place(video), headers={"HX-Request": "true"}).text

    assert page.count("It is.") == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_is_told(line):
    question = ask(make_video(), line)
    people = [make_user("editor") for _ in range(2)]

    said = together(*(lambda p=p: comments.answer(question, p, "Yes.", close=True) for p in people))

    assert sorted(type(answer).__name__ for answer in said) == ["Closed", "NoneType"]
    assert Comment.objects.filter(answers=question).count() == 1
