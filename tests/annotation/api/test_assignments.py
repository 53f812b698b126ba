"""Programs assign clips and hand them over."""

import uuid

import pytest

from annotation import queue
from annotation.models import HandOver, ReviewTask
from tests.annotation.factories import claim, make_task, publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(line):
    return make_user(lines=(line,))


@pytest.fixture
def admin(program):
    return program(make_user("admin"))


def test_clips_are_counted_assigned_once_and_released(admin, line, ann, django_assert_max_num_queries):
    ball = make_tag("Ball", assignable=False)
    dunk, rain = make_tag("Slam dunk", parent=ball), make_tag("Rain")
    model, taxonomy = make_model(), publish()
    for tag, sure in ((dunk, 0.9), (dunk, 0.9), (dunk, 0.1), (rain, 0.9)):
        video = make_video()
        make_suggestions(video, {tag: sure}, model=model, taxonomy=taxonomy)
        make_task(line, video=video)
    told = {"line": line.slug, "person": ann.pk, "tag": ball.pk, "most": 5}

    with django_assert_max_num_queries(12):
        assert admin.post("assignments/preview", **told) == (200, {"clips": 2})
    assert not ReviewTask.objects.filter(assignee=ann).exists()
    assert admin.twice("assignments", **told) == (200, {"clips": 2})
    assert admin.get("assignments") == [{"line": line.slug, "person": ann.pk, "username": ann.username, "clips": 2}]
    assert admin.post("assignments/release", line=line.slug, person=ann.pk) == (200, {"clips": 2})
    assert not ReviewTask.objects.filter(assignee=ann).exists()


def test_an_operation_assigns_to_one_person(admin, line, ann):
    make_task(line)
    told = {"line": line.slug, "operation": str(uuid.uuid4())}
    admin.post("assignments", person=ann.pk, **told)

    assert admin.post("assignments", person=make_user(lines=(line,)).pk, **told)[1]["error"] == "operation_reused"
    assert admin.post("assignments/preview", line=line.slug, person=make_user().pk)[0] == 400


def test_a_clip_is_handed_over_once(program, line, ann):
    bob = make_user(lines=(line,), first_name="Bob")
    make_task(line)
    task, mine = claim(ann, line), program(ann)
    told = {"token": task.token, "to": bob.pk, "note": "Which league?"}

    assert mine.get(f"tasks/{task.pk}/colleagues") == [{"id": bob.pk, "username": bob.username, "name": "Bob"}]
    assert mine.twice(f"tasks/{task.pk}/hand-over", **told) == (204, None)
    assert queue.claim(bob, line) == task
    assert HandOver.objects.get().note == "Which league?"
    answer = mine.post(f"tasks/{task.pk}/hand-over", operation=str(uuid.uuid4()), **told)
    assert (answer[0], answer[1]["error"]) == (409, "lease_lost")


def test_a_clip_is_handed_only_to_who_can_review_it(program, line, ann):
    make_task(line)
    task = claim(ann, line)
    told = {"token": task.token, "operation": str(uuid.uuid4())}

    answer = program(ann).post(f"tasks/{task.pk}/hand-over", to=make_user().pk, **told)
    stranger = program(make_user(lines=(make_line(),)))

    assert (answer[0], answer[1]["error"]) == (422, "not_theirs")
    assert stranger.post(f"tasks/{task.pk}/hand-over", to=ann.pk, **told)[0] == 404
