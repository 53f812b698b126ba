"""What a clip costs its reviewer: counted by the page, stored with the review, told to the reviewer."""

import uuid

import pytest

from annotation import figures
from annotation.models import Review
from annotation.verdicts import Effort
from tests.annotation.factories import claim, make_review, make_task, publish
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(sign_in, line):
    publish()
    return sign_in("annotator", lines=(line,))


def reviewed(line, reviewer, *effort):
    make_task(line)
    return make_review(claim(reviewer, line), [], effort=Effort(*effort))


def sent(task, **kw):
    values = {"operation": str(uuid.uuid4()), "token": task.token, "action": "submit"} | kw
    return values, {"headers": {"accept": "application/json"}}


def test_what_the_page_counted_is_stored(client, line, reviewer):
    task = make_task(line)
    values, kind = sent(claim(reviewer, line), seconds="4.2", keystrokes="3", edits="1")

    answer = client.post(task.get_absolute_url(), values, **kind).json()

    stored = Review.objects.get(pk=answer["review"])
    assert (stored.seconds, stored.keystrokes, stored.edits) == (4.2, 3, 1)


@pytest.mark.parametrize("count", ["-1", "100001", "many"])
def test_a_count_that_cannot_be_meant_is_refused(client, line, reviewer, count):
    task = make_task(line)
    values, kind = sent(claim(reviewer, line), keystrokes=count)

    answer = client.post(task.get_absolute_url(), values, **kind)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["keystrokes"]


def test_a_program_may_count_or_not(client, line, reviewer):
    for counted in ({}, {"keystrokes": 2, "edits": 0}):
        task = make_task(line)
        told = {"operation": str(uuid.uuid4()), "token": claim(reviewer, line).token, "verdicts": []} | counted

        answer = client.post(f"/api/tasks/{task.pk}/submit/", told, content_type="application/json")

        stored = Review.objects.get(pk=answer.json()["review"])
        assert (stored.keystrokes, stored.edits) == (counted.get("keystrokes"), counted.get("edits"))


def test_the_reviewer_is_told_medians_and_the_trend(client, line, reviewer, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(figures, "EFFORT_CLIPS", 3)
    for effort in [(99, 99, 99), (10, 5, 1), (12, 7, 2), (30, 9, 3), (8, 1, 0), (9, 1, 0), (20, 3, 4)]:
        reviewed(line, reviewer, *effort)

    with django_assert_num_queries(1):
        told = figures.effort(reviewer)

    assert told.clips == 6
    assert [(m.now, m.before, m.change) for m in (told.seconds, told.keystrokes, told.edits)] == [
        (9, 12, -3),
        (1, 7, -6),
        (0, 2, -2),
    ]
    page = client.get("/history/").content.decode()
    assert "3.0 seconds less" in page
    assert "6 fewer keys" in page


def test_without_former_clips_there_is_no_trend(line, reviewer):
    reviewed(line, reviewer, 8.0, None, None)

    told = figures.effort(reviewer)

    assert (told.seconds.now, told.seconds.change) == (8.0, None)
    assert (told.keystrokes.now, told.keystrokes.change) == (None, None)


def test_reviews_of_others_do_not_count(line, reviewer):
    reviewed(line, make_user(lines=(line,)), 5.0, 2, 1)

    assert figures.effort(reviewer).clips == 0
