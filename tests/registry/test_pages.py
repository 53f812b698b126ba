"""Model versions and training runs as pages."""

import pytest
from django.urls import reverse

from ml.registry import runs
from ml.registry.models import ModelVersion, TrainingRun
from tests.factories import make_model, make_video

pytestmark = pytest.mark.django_db

METRICS = {
    "f1": 0.8,
    "ece": 0.05,
    "videos": 100,
    "recallers": {"union": 0.9, "mentions.v1": 0.4},
    "reliability": [{"confidence": 0.1, "accuracy": 0.2, "count": 9}, {"confidence": 0.9, "accuracy": 0.8, "count": 9}],
}
WORSE = METRICS | {"f1": 0.5}


@pytest.fixture(autouse=True)
def admin(sign_in):
    return sign_in("admin")


def test_an_empty_registry_says_what_to_do(client):
    page = client.get("/models/").content.decode()

    assert "No model yet" in page
    assert "Retrain on all reviews" in page


def test_versions_are_listed_beside_the_active_one(client):
    make_model(state="active", metrics=METRICS)
    worse = make_model(metrics=WORSE)

    page = client.get("/models/").content.decode()

    assert f'href="{worse.get_absolute_url()}"' in page
    assert "1 objection" in page
    assert "<polyline" in page


def test_each_business_line_has_its_own_reliability(client):
    told = {"names": {"en": "Search", "zh": "搜索"}, "slope": 1.1, "offset": -0.4, "videos": 40}
    told |= {"ece": 0.021, "ece_shared": 0.087, "reliability": METRICS["reliability"]}
    unseen = told | {"names": {}, "reliability": []}
    version = make_model(metrics=METRICS | {"lines": {"7": told, "12": unseen}})

    page = client.get(version.get_absolute_url()).content.decode()

    assert "<b>Search</b>" in page
    assert "learned from 40 clips; calibration error 0.021, uncorrected 0.087" in page
    assert page.count("<polyline") == 2
    client.cookies["django_language"] = "zh-hans"
    assert "<b>搜索</b>" in client.get(version.get_absolute_url()).content.decode()


def test_a_version_tells_how_many_clips_get_a_program_and_how_many_the_right_one(client):
    steps = [{"confidence": 0.91, "named": 0.2, "right": 0.97, "count": 20}]
    steps += [{"confidence": 0.84, "named": 0.35, "right": 0.95, "count": 35}]
    steps += [{"confidence": 0.31, "named": 0.8, "right": 0.6, "count": 80}]
    version = make_model(metrics={"programs": steps})

    page = client.get(version.get_absolute_url()).content.decode()
    doubtful = client.get(make_model(metrics={"programs": steps[2:]}).get_absolute_url()).content.decode()

    assert "From a confidence of 0.84 on, 35% of the clips are given a program, and 95% of those or more" in page
    assert "≥ 0.31: 0.80 → 0.60 (80)" in page
    assert "At no confidence are 95% of the programs right." in doubtful
    assert "clips with a program" not in client.get(make_model(metrics=METRICS).get_absolute_url()).content.decode()


def test_a_worse_version_shows_what_speaks_against_it_and_asks_for_a_yes(client):
    make_model(state="active", metrics=METRICS)
    worse = make_model(metrics=WORSE)

    page = client.get(worse.get_absolute_url()).content.decode()

    assert "F1 got worse, from 0.800 to 0.500" in page
    assert 'name="despite"' in page


def test_without_the_yes_nothing_is_promoted(client):
    active, worse = make_model(state="active", metrics=METRICS), make_model(metrics=WORSE)

    answer = client.post(reverse("registry:promote", args=[worse.pk]))

    assert answer.status_code == 409
    assert "F1 got worse" in answer.content.decode()
    assert ModelVersion.objects.active() == active


def test_with_the_yes_it_is_promoted(client, admin):
    make_model(state="active", metrics=METRICS)
    worse = make_model(metrics=WORSE)

    answer = client.post(reverse("registry:promote", args=[worse.pk]), {"despite": "on"})

    assert answer.status_code == 302
    assert ModelVersion.objects.active() == worse
    assert worse.promotions.get().by == admin


def test_a_retired_version_offers_to_roll_back(client):
    make_model(state="active", metrics=METRICS)
    former = make_model(state="retired", metrics=METRICS)

    assert "Roll back to this version" in client.get(former.get_absolute_url()).content.decode()


def test_the_button_starts_a_training_and_shows_it(client, admin):
    answer = client.post("/models/retrain/")

    run = TrainingRun.objects.get()
    assert run.started_by == admin
    assert answer.url == run.get_absolute_url()
    assert "Training is going on" in client.get("/models/").content.decode()


def test_another_stack_can_be_chosen(client, settings):
    page = client.get("/models/").content.decode()
    assert page.index('<option value="small">') < page.index('<option value="full">full: every part')

    client.post("/models/retrain/", {"stack": "full"})

    assert TrainingRun.objects.get().stack == "full"
    assert client.post("/models/retrain/", {"stack": "../secrets"}).status_code == 400


def test_the_usual_stack_may_be_a_file_that_lies_deep(client, settings):
    settings.TRAINING_STACK = f"/{'somewhere/' * 30}our-own.toml"

    client.post("/models/retrain/")

    run = TrainingRun.objects.get()
    assert run.stack == settings.TRAINING_STACK
    page = client.get(run.get_absolute_url()).content.decode()
    assert "our-own ·" in page
    assert "somewhere" not in page


def test_what_the_training_noted_is_told(client):
    notes = [
        "mentions.v1 is unchanged: taken from the active version.",
        "graph.v1 is unchanged: taken from the active version.",
        "fused_similarity.v1 is left out: there is no frames and no sound.",
        "The weights for text are missing, so its parts are left out. Fetch them.",
        "The dev split is small: the calibration also learned from folds of the train split.",
    ]
    version = make_model(metrics=METRICS | {"notes": notes})

    page = client.get(version.get_absolute_url()).content.decode()

    assert "taken from the active version: named in the text, related tags." in page
    assert "similar as a whole: left out, for it needs pictures, sound." in page
    assert "Left out for lack of weights: text. Fetch them." in page
    assert "There are few validation videos" in page


def test_a_second_training_is_refused_with_a_sentence(client):
    runs.start("small")

    page = client.post("/models/retrain/", follow=True).content.decode()

    assert "A training is going on already" in page
    assert TrainingRun.objects.count() == 1


def test_a_running_training_shows_its_loss_curve_and_asks_for_news(client):
    run = runs.take(runs.start("small").pk)
    runs.beat(run, stage="classifier", done=5, total=10, losses={"classifier": [[1, 0.9], [5, 0.4]]})

    page = client.get(run.get_absolute_url()).content.decode()

    assert 'hx-trigger="every 1s"' in page
    assert 'value="5"' in page
    assert 'points="44.0,10.0 590.0,178.0"' in page


def test_a_finished_training_stops_asking_and_links_its_version(client):
    run = runs.take(runs.start("small").pk)
    version = runs.finish(run, bundle="b", snapshot_hash="0" * 64, taxonomy_version=1, metrics=METRICS)

    part = client.get(run.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()

    assert "hx-trigger" not in part
    assert version.get_absolute_url() in part
    assert "<html" not in part


def test_a_training_is_stopped_from_its_page(client):
    run = runs.start("small")

    client.post(reverse("registry:cancel", args=[run.pk]))

    run.refresh_from_db()
    assert run.state == "cancelled"


@pytest.mark.parametrize("role", ["annotator", "editor"])
def test_models_are_for_admins(client, sign_in, role):
    sign_in(role)
    version, run = make_model(), runs.start("small")

    for address in ("/models/", version.get_absolute_url(), run.get_absolute_url(), "/suggestions/"):
        assert client.get(address).status_code == 403
    for address in (f"/models/{version.pk}/promote/", f"/models/runs/{run.pk}/cancel/", "/models/retrain/"):
        assert client.post(address).status_code == 403


def test_the_suggestions_page_tells_how_many_wait(client):
    make_video()
    make_model(state="active")

    assert "1 video waits for suggestions" in client.get("/suggestions/").content.decode()
