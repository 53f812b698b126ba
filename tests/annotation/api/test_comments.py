"""Programs comment, ask and answer."""

import uuid

import pytest

from annotation.models import Comment
from tests.factories import make_line, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker(program, line):
    return program(make_user(lines=(line,)))


def test_a_question_is_asked_answered_and_closed(asker, program, line, django_assert_max_num_queries):
    video = make_video()
    place = f"videos/{video.pk}/comments"
    status, asked = asker.twice(place, line=line.slug, text="Is this a dunk?", question=True)
    editor = program(make_user("editor"))

    assert (status, [row["id"] for row in editor.get("questions", open=1)]) == (201, [asked["id"]])
    assert editor.twice(f"questions/{asked['id']}/answer", text="It is.", close=True)[0] == 204
    with django_assert_max_num_queries(9):
        told = asker.get(place)
    assert [(row["text"], row["answers"]) for row in told] == [("Is this a dunk?", None), ("It is.", asked["id"])]
    assert told[0]["closed"]
    assert asker.get("questions")[0]["id"] == asked["id"]
    assert Comment.objects.count() == 2


def test_a_closed_question_takes_no_answer(asker, line):
    _status, asked = asker.twice(f"videos/{make_video().pk}/comments", line=line.slug, text="What?", question=True)
    place = f"questions/{asked['id']}/answer"

    assert asker.twice(place, close=True) == (204, None)
    assert asker.post(place, text="That.", operation=str(uuid.uuid4()))[1]["error"] == "closed"


def test_an_operation_says_one_thing(asker, line):
    place, operation = f"videos/{make_video().pk}/comments", str(uuid.uuid4())
    asker.post(place, line=line.slug, text="One.", operation=operation)

    assert asker.post(place, line=line.slug, text="Two.", operation=operation)[1]["error"] == "operation_reused"


def test_questions_of_other_lines_are_not_found_and_closing_is_for_some(asker, program, line):
    _status, asked = asker.twice(f"videos/{make_video().pk}/comments", line=line.slug, text="What?", question=True)
    told = {"operation": str(uuid.uuid4()), "close": True}

    assert program(make_user(lines=(make_line(),))).post(f"questions/{asked['id']}/answer", **told)[0] == 404
    assert program(make_user(lines=(line,))).post(f"questions/{asked['id']}/answer", **told)[0] == 403
    assert asker.client.get("/api/questions/", {"open": 1}).status_code == 403
