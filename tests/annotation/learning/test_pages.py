"""Trials and the settings of the learning as pages."""

import pytest
from django.urls import reverse

from annotation.learning import watching
from annotation.learning.models import LearningSettings
from ml.registry import canaries, promotion
from ml.registry.models import Canary, ModelVersion, TrainingRun
from tests.annotation.learning.made import Desk
from tests.annotation.learning.test_canary import tried
from tests.factories import make_model

pytestmark = pytest.mark.django_db

GOOD, BAD = {"f1": 0.8, "videos": 100}, {"f1": 0.5, "videos": 100}
CHOSEN = {
    "number": 0,
    "verdicts": "5000",
    "drift_reviews": 300,
    "alarm_rate": 0.01,
    "every_days": "",
    "hour": 3,
    "sequel": "canary",
    "share": 10,
    "margin": 3,
    "fewest": 100,
}


@pytest.fixture(autouse=True)
def admin(sign_in):
    return sign_in("admin")


@pytest.fixture
def active():
    version = make_model(metrics=GOOD)
    promotion.promote(version)
    return version


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_candidate_is_tried_from_its_page(client, admin, active):
    version = make_model(metrics=BAD)
    assert reverse("annotation:trial-begin", args=[version.pk]) in text(client.get(version.get_absolute_url()))
    form = text(client.get(f"/models/{version.pk}/canary/"))
    assert "F1 got worse, from 0.800 to 0.500" in form

    answer = client.post(f"/models/{version.pk}/canary/", {"share": 20, "margin": 2.5, "fewest": 80, "promotes": "on"})

    canary = Canary.objects.get()
    assert answer.url == f"/models/canaries/{canary.pk}/"
    assert (canary.version, canary.share, canary.margin, canary.fewest) == (version, 20, 2.5, 80)
    assert (canary.promotes, canary.audited_only, canary.started_by) == (True, False, admin)
    assert f"{version} as a canary" in text(client.get("/models/"))


def test_a_trial_with_odd_numbers_or_beside_another_one_is_refused(client, active):
    version = make_model()
    odd = client.post(f"/models/{version.pk}/canary/", {"share": 80, "margin": 3, "fewest": 100})
    assert odd.status_code == 400
    canaries.start(make_model())

    answer = client.post(f"/models/{version.pk}/canary/", {"share": 10, "margin": 3, "fewest": 100})

    assert answer.status_code == 409
    assert "End that trial first" in text(answer)


def test_before_any_review_the_trials_page_says_what_it_waits_for(client, active):
    canary = canaries.start(make_model())

    page = text(client.get(f"/models/canaries/{canary.pk}/"))

    assert "Nothing is decided before 100 clips of each were reviewed; so far these are 0 and 0." in page
    assert "The plot begins as soon as" in page


def test_the_trials_page_shows_both_versions_and_when_a_decision_is_due(client, active, django_assert_max_num_queries):
    desk, canary = Desk(), tried()
    for clips in (100, 60, 40):
        desk.review(canary.version, clips, accepted=clips * 8 // 10)
        desk.review(active, clips, accepted=clips * 8 // 10, added=1)
        watching.watch()

    with django_assert_max_num_queries(8):
        page = text(client.get(f"/models/canaries/{canary.pk}/"))

    assert '<td class="number">200</td><td class="number">200</td>' in page
    assert "80.0%" in page
    assert "The difference is 0.0 points, surely between" in page
    assert "If both are equally good, that shows after" in page
    assert "about" in page
    assert page.count("<polygon") == 1


def test_a_trial_is_ended_by_hand_with_its_reason(client, admin, active):
    canary = canaries.start(make_model())

    client.post(f"/models/canaries/{canary.pk}/end/", {"what": "roll_back", "note": "It names the wrong city."})

    canary.refresh_from_db()
    assert (canary.outcome, canary.ended_by) == ("rolled_back", admin)
    told = client.get(f"/models/canaries/{canary.pk}/").content.decode()
    assert "The trial ended before the reviews could decide." in told
    assert "Nothing is decided before" not in told
    page = text(client.get(f"/models/canaries/{canary.pk}/"))
    assert "It names the wrong city." in page
    assert "End the trial" not in page


def test_a_canary_that_something_speaks_against_is_promoted_with_a_yes_only(client, active):
    canary = canaries.start(make_model(metrics=BAD))
    address = f"/models/canaries/{canary.pk}/end/"

    refused = client.post(address, {"what": "promote"})
    assert refused.status_code == 409
    assert "F1 got worse" in text(refused)
    client.post(address, {"what": "promote", "despite": "on"})

    assert ModelVersion.objects.active() == canary.version
    page = text(client.get("/models/canaries/"))
    assert "became the active version" in page


def test_who_comes_second_is_told(client, active):
    canary = canaries.start(make_model())
    canaries.end(canary, Canary.Outcome.FAILED)

    answer = client.post(f"/models/canaries/{canary.pk}/end/", {"what": "roll_back"})

    assert answer.status_code == 409
    assert "ended at the same moment" in text(answer)


def test_nothing_was_tried_yet(client):
    assert "No version was tried yet" in text(client.get("/models/canaries/"))


def test_settings_are_saved_and_who_saved_them_is_shown(client, admin):
    assert "Nobody yet: nothing begins by itself." in text(client.get("/models/learning/"))

    assert client.post("/models/learning/", CHOSEN).status_code == 302

    settings = LearningSettings.now()
    assert (settings.number, settings.verdicts, settings.sequel, settings.changed_by) == (1, 5000, "canary", admin)
    page = text(client.get("/models/learning/"))
    assert "0 of 5000 so far" in page
    assert admin.username in page


def test_settings_that_somebody_else_changed_meanwhile_are_not_overwritten(client):
    client.post("/models/learning/", CHOSEN)

    answer = client.post("/models/learning/", CHOSEN | {"verdicts": 100})

    assert answer.status_code == 409
    assert "Somebody else changed the settings meanwhile" in text(answer)
    assert LearningSettings.now().verdicts == 5000


def test_odd_settings_are_refused_beside_their_field(client):
    answer = client.post("/models/learning/", CHOSEN | {"verdicts": 3, "hour": 24})

    assert answer.status_code == 400
    assert text(answer).count("errorlist") == 2


def test_audited_windows_are_drawn_with_their_alarm(client, active):
    client.post("/models/learning/", CHOSEN | {"verdicts": "", "drift": "on", "drift_reviews": 100})
    desk = Desk()
    for accepted in (95, 94, 60):
        desk.review(active, 100, accepted=accepted, audit=True)
    from annotation.learning import triggers

    run = triggers.check()

    page = text(client.get("/models/learning/"))
    assert page.count('class="point bad"') == 2  # of acceptance, and of the confidences that were as before
    assert "60.0%" in page
    assert run.why in text(client.get(run.get_absolute_url()))
    assert "drift</span>" in text(client.get("/models/"))
    assert TrainingRun.objects.count() == 1


def test_programs_try_a_version_and_end_the_trial(client, admin, active):
    version = make_model(metrics=BAD)
    started = client.post("/api/canaries/", {"version": version.pk, "share": 20}, content_type="application/json")
    assert (started.status_code, started.json()["outcome"], started.json()["share"]) == (201, "running", 20)
    again = client.post("/api/canaries/", {"version": version.pk}, content_type="application/json")
    assert (again.status_code, again.json()["error"]) == (409, "refused")
    too_much = client.post("/api/canaries/", {"version": version.pk, "share": 99}, content_type="application/json")
    assert (too_much.status_code, list(too_much.json())) == (400, ["share"])
    end = f"/api/canaries/{started.json()['id']}/end/"

    refused = client.post(end, {"what": "promote"}, content_type="application/json")
    assert (refused.status_code, refused.json()["objections"]) == (409, ["F1 got worse, from 0.800 to 0.500"])
    ended = client.post(end, {"what": "roll_back", "note": "seen enough"}, content_type="application/json").json()
    assert (ended["outcome"], ended["ended_by"], ended["figures"]["note"]) == (
        "rolled_back",
        admin.username,
        "seen enough",
    )
    assert client.post(end, {"what": "roll_back"}, content_type="application/json").status_code == 409
    assert [row["id"] for row in client.get("/api/canaries/").json()["results"]] == [ended["id"]]
