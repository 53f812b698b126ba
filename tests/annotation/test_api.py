"""Programs review like people do: claim, submit, undo, with a token."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from annotation import queue
from annotation.models import Review
from taxonomy.models import Rule
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    return APIClient()


def sign_in(api, role, *lines):
    person = make_user(role, lines=lines)
    api.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=person).key}")
    return person


def test_a_password_is_exchanged_for_a_token(api):
    cache.clear()
    make_user(username="lin", password="a good password")

    key = api.post("/api/token/", {"username": "lin", "password": "a good password"}).json()["token"]
    api.credentials(HTTP_AUTHORIZATION=f"Token {key}")

    assert api.get("/api/queue/").status_code == 200


def test_guessing_passwords_locks_the_door_here_too(api, settings):
    cache.clear()
    settings.AXES_FAILURE_LIMIT = 3
    make_user(username="lin", password="a good password")
    for _ in range(3):
        api.post("/api/token/", {"username": "lin", "password": "wrong"})

    assert api.post("/api/token/", {"username": "lin", "password": "a good password"}).status_code != 200


def test_a_clip_is_claimed_reviewed_and_undone(api, line):
    sign_in(api, "annotator", line)
    dunk, street = make_tag("Slam dunk"), make_tag("Streetball")
    video = make_video()
    make_suggestions(video, {dunk: 0.9}, model=make_model(), taxonomy=publish())
    make_task(line, video=video)

    clip = api.post("/api/queue/claim/", {"line": line.slug}, format="json").json()
    verdicts = [{"tag": dunk.pk, "choice": "reject", "reason": "minor"}, {"tag": street.pk, "choice": "add"}]
    told = {"token": clip["token"], "operation": uuid.uuid4(), "verdicts": verdicts}
    told["model_version"] = clip["model_version"]
    stored = api.post(f"/api/tasks/{clip['task']}/submit/", told, format="json").json()
    listed = api.get("/api/reviews/").json()["results"]
    again = api.post("/api/reviews/undo/", {"operation": uuid.uuid4()}, format="json").json()

    assert [proposal["name"] for proposal in clip["proposals"]] == ["Slam dunk"]
    assert [review["id"] for review in listed] == [stored["review"]]
    assert (again["task"], again["proposals"][0]["verdict"]) == (clip["task"], "reject")
    assert [tag["name"] for tag in again["added"]] == ["Streetball"]


def test_broken_rules_are_refused_with_repairs(api, line):
    reviewer = sign_in(api, "annotator", line)
    dunk, street = make_tag(), make_tag()
    Rule.objects.create(kind="excludes", subject=dunk).others.add(street)
    publish()
    make_task(line)
    task = claim(reviewer, line)
    verdicts = [{"tag": tag.pk, "choice": "add"} for tag in (dunk, street)]

    refused = api.post(
        f"/api/tasks/{task.pk}/submit/",
        {"token": task.token, "operation": uuid.uuid4(), "verdicts": verdicts},
        format="json",
    )

    assert refused.status_code == 422
    assert len(refused.json()["conflicts"][0]["repairs"]) == 2


@pytest.mark.parametrize(
    "verdicts",
    [[{"tag": 1, "choice": "maybe"}], [{"tag": 1, "choice": "replace"}], [{"tag": 1, "choice": "add"}] * 2, "x"],
)
def test_nonsense_is_refused(api, line, verdicts):
    reviewer = sign_in(api, "annotator", line)
    make_task(line)
    task = claim(reviewer, line)
    told = {"token": task.token, "operation": uuid.uuid4(), "verdicts": verdicts}

    assert api.post(f"/api/tasks/{task.pk}/submit/", told, format="json").status_code == 400


def test_a_lost_lease_is_a_conflict(api, line):
    sign_in(api, "annotator", line)
    make_task(line)
    task = claim(make_user(), line)

    for action, told in (("heartbeat", {}), ("give-back", {}), ("skip", {"reason": "x"})):
        refused = api.post(f"/api/tasks/{task.pk}/{action}/", {"token": task.token, **told}, format="json")
        assert (refused.status_code, refused.json()["error"]) == (409, "lease_lost")


def test_skipped_tasks_are_listed_and_put_back(api, line):
    reviewer = make_user()
    make_task(line)
    task = claim(reviewer, line)
    queue.skip(task.pk, reviewer, task.token, "no sound")
    sign_in(api, "admin")

    assert [row["skip_reason"] for row in api.get("/api/tasks/skipped/").json()["results"]] == ["no sound"]
    assert api.post(f"/api/tasks/{task.pk}/put-back/").status_code == 204
    assert queue.claim(make_user(), line) == task


def test_tasks_of_other_lines_are_not_found(api, line):
    sign_in(api, "annotator", make_line())
    make_task(line)
    task = claim(make_user(), line)

    assert api.get(f"/api/tasks/{task.pk}/").status_code == 404
    assert api.post("/api/queue/claim/", {"line": line.slug}, format="json").status_code == 400


def test_admins_add_people(api, line):
    sign_in(api, "admin")

    told = {"username": "lin", "name": "Lin", "roles": ["annotator"], "lines": [line.slug]}
    answer = api.post("/api/people/", told, format="json")

    assert answer.status_code == 201
    assert User.objects.get(username="lin").check_password(answer.json()["password"])
    assert answer.json()["person"]["lines"] == [line.slug]


def test_an_admin_cannot_shut_themselves_out(api):
    admin = sign_in(api, "admin")

    refused = api.post(f"/api/people/{admin.pk}/access/", {"active": False}, format="json")

    assert refused.status_code == 400
    assert "your own access" in refused.json()["detail"]


def test_the_export_streams(api, line):
    sign_in(api, "admin")
    publish()
    make_task(line)
    make_review(claim(make_user(), line), add())

    answer = api.get("/api/export/", {"line": line.slug})

    assert b"".join(answer.streaming_content).count(b"\n") == Review.objects.count() == 1


def test_the_schema_is_complete(api):
    sign_in(api, "annotator")

    schema = api.get("/api/schema/?format=json").json()

    assert "/api/tasks/{id}/submit/" in schema["paths"]
