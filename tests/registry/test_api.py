"""Versions and trainings through the API."""

import pytest

from ml.registry import runs
from ml.registry.models import ModelVersion, TrainingRun
from tests.factories import make_model

pytestmark = pytest.mark.django_db

GOOD = {"f1": 0.8, "videos": 100}
BAD = {"f1": 0.5, "videos": 100}


@pytest.fixture(autouse=True)
def admin(sign_in):
    return sign_in("admin")


def test_versions_are_listed_newest_first(client):
    first, second = make_model(), make_model()

    assert [row["id"] for row in client.get("/api/models/").json()["results"]] == [second.pk, first.pk]


def test_a_version_tells_what_speaks_against_it(client):
    make_model(state="active", metrics=GOOD)
    worse = make_model(metrics=BAD)

    assert client.get(f"/api/models/{worse.pk}/").json()["objections"] == ["F1 got worse, from 0.800 to 0.500"]


def test_a_refused_promotion_says_why_and_may_be_made_all_the_same(client):
    active, worse = make_model(state="active", metrics=GOOD), make_model(metrics=BAD)

    refused = client.post(f"/api/models/{worse.pk}/promote/")
    assert (refused.status_code, refused.json()["error"]) == (409, "refused")
    assert ModelVersion.objects.active() == active

    made = client.post(f"/api/models/{worse.pk}/promote/", {"despite": True}, content_type="application/json")
    assert made.json()["state"] == "active"
    assert ModelVersion.objects.active() == worse


def test_the_active_version_is_not_promoted_again(client):
    version = make_model(state="active")

    assert client.post(f"/api/models/{version.pk}/promote/").json()["error"] == "overtaken"


def test_a_training_is_started_followed_and_stopped(client, admin):
    started = client.post("/api/training-runs/")
    assert started.status_code == 201
    run = TrainingRun.objects.get(pk=started.json()["id"])
    assert started.json()["started_by"] == admin.username

    assert client.get(f"/api/training-runs/{run.pk}/").json()["state"] == "queued"
    assert client.post(f"/api/training-runs/{run.pk}/cancel/").json()["state"] == "cancelled"
    assert client.post(f"/api/training-runs/{run.pk}/cancel/").status_code == 409
    assert [row["id"] for row in client.get("/api/training-runs/").json()["results"]] == [run.pk]


def test_a_second_training_is_refused(client):
    runs.start("small")

    assert client.post("/api/training-runs/").json()["error"] == "already_training"


def test_the_api_of_the_models_is_for_admins(client, sign_in):
    sign_in("annotator")
    version, run = make_model(), runs.start("small")

    for address in (
        "/api/models/",
        f"/api/models/{version.pk}/",
        "/api/training-runs/",
        f"/api/training-runs/{run.pk}/",
    ):
        assert client.get(address).status_code == 403
    for address in (
        f"/api/models/{version.pk}/promote/",
        "/api/training-runs/",
        f"/api/training-runs/{run.pk}/cancel/",
    ):
        assert client.post(address).status_code == 403
