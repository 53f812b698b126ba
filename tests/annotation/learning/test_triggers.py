"""Trainings that begin by themselves: when, why, one at a time, and what becomes of their versions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotation.learning import sequels, triggers, windows
from annotation.learning.models import DriftWindow, LearningSettings
from ml.registry import promotion, runs
from ml.registry.models import Canary, ModelVersion, Promotion, TrainingRun
from tests.annotation.learning.made import Desk
from tests.factories import make_model

pytestmark = pytest.mark.django_db

GOOD, BAD = {"f1": 0.8, "videos": 100}, {"f1": 0.5, "videos": 100}


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def active():
    version = make_model(metrics=GOOD)
    promotion.promote(version)
    return version


def choose(**kw):
    return LearningSettings.objects.create(**{"number": LearningSettings.objects.count() + 1} | kw)


def trained(state="done", **kw):
    """A training that is over; its snapshot is of now."""
    run = TrainingRun.objects.create(stack="small", state=state, snapshot_at=timezone.now(), **kw)
    TrainingRun.objects.filter(pk=run.pk).update(created_at=timezone.now())
    return run


def test_nothing_begins_by_itself_before_somebody_said_so(desk, active):
    desk.review(active, 200, accepted=10)

    assert triggers.check() is None


def test_enough_new_verdicts_begin_a_training_that_tells_why(desk):
    choose(verdicts=100, stack="full")
    model = make_model()
    desk.review(model, 99, accepted=1)
    assert triggers.check() is None

    desk.review(model, 1, accepted=1)
    run = triggers.check()

    assert (run.trigger, run.stack, run.started_by) == ("verdicts", "full", None)
    assert run.why == "There were 100 new verdicts since the last training."


def test_only_verdicts_that_the_last_training_did_not_see_count(desk):
    choose(verdicts=100)
    model = make_model()
    desk.review(model, 100, accepted=1, created_at=timezone.now() - timedelta(minutes=1))
    trained("failed")  # what made it fail would make the next one fail

    assert triggers.check() is None
    desk.undo(desk.review(model, 100, accepted=1)[0])
    assert triggers.check() is None
    desk.review(model, 1, accepted=1)
    assert triggers.check()


def test_new_verdicts_are_counted_no_further_than_needed(desk, django_assert_num_queries):
    desk.review(make_model(), 120, accepted=1)

    with django_assert_num_queries(1):
        assert triggers.new_verdicts(None, 100) == 100


def test_what_fires_during_a_training_begins_after_it(desk):
    choose(verdicts=100)
    going_on = runs.start("small")
    desk.review(make_model(), 100, accepted=1)
    assert triggers.check() is None

    TrainingRun.objects.filter(pk=going_on.pk).update(state="done", snapshot_at=timezone.now() - timedelta(hours=1))

    assert triggers.check().trigger == "verdicts"


@pytest.mark.django_db(transaction=True)
def test_of_two_checks_at_once_one_begins_the_training():
    choose(verdicts=100)
    Desk().review(make_model(), 100, accepted=1)

    def check(_n):
        try:
            return triggers.check() is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(check, range(2))) == [False, True]
    assert TrainingRun.objects.count() == 1


def test_a_schedule_is_kept(desk):
    zone = timezone.get_current_timezone()
    settings = choose(every_days=7, hour=3, changed_at=datetime(2026, 3, 1, 12, tzinfo=zone))
    at = datetime(2026, 3, 2, 3, tzinfo=zone)
    assert not list(triggers.reasons(settings, at)), "nothing was reviewed"
    desk.review(make_model(), 1, accepted=1)

    assert not list(triggers.reasons(settings, at - timedelta(seconds=1)))
    (due,) = triggers.reasons(settings, at)

    run = runs.start("small", trigger=due.trigger, figures=due.figures)
    assert run.why == "The schedule asks for it every 7 days at 3:00."


def test_windows_of_audited_reviews_are_closed_when_they_are_full(desk, active):
    settings = LearningSettings(drift_reviews=100)
    desk.review(active, 120, accepted=0)  # not of the audit slice
    desk.review(make_model(), 120, accepted=0, audit=True)  # another version's
    desk.review(active, 99, accepted=90, audit=True)
    windows.close_full(settings)
    assert not DriftWindow.objects.exists()

    desk.review(active, 161, accepted=150, audit=True)
    windows.close_full(settings)
    windows.close_full(settings)

    first, second = DriftWindow.objects.all()
    assert (first.number, second.number, first.reviews) == (0, 1, 100)
    assert windows.found(first) is None
    assert windows.measured(first).accepted.rate == 0.91
    assert windows.measured(first).brier.rate == pytest.approx((91 * 0.2**2 + 9 * 0.8**2) / 100)
    assert not windows.found(second).alarm


def test_drift_begins_one_training_with_its_figures(desk, active):
    choose(drift=True, drift_reviews=100)
    desk.review(active, 100, accepted=95, audit=True)
    desk.review(active, 100, accepted=70, audit=True)

    run = triggers.check()

    assert run.trigger == "drift"
    assert run.why.startswith(f"In the business line {desk.line}: Of the tags")
    assert "70.0% are accepted; after the promotion it was 95.0%" in run.why
    assert "the Brier score rose from 0.070 to 0.220" in run.why
    assert run.why.endswith("Measured on 100 audited reviews.")
    TrainingRun.objects.update(state="failed")
    assert triggers.check() is None, "one alarm, one training"


def test_each_line_is_held_against_itself(desk, active):
    """A line that accepts less, and reviews more later on, is no change."""
    strict = Desk()
    choose(drift=True, drift_reviews=100)
    desk.review(active, 100, accepted=95, audit=True)
    for _ in range(2):
        strict.review(active, 100, accepted=60, audit=True)

    assert triggers.check() is None
    rows = DriftWindow.objects.values_list("business_line", "number")
    assert set(rows) == {(desk.line.pk, 0), (strict.line.pk, 0), (strict.line.pk, 1)}
    first = DriftWindow.objects.filter(number=0).order_by("business_line")
    assert [windows.measured(row).accepted.rate for row in first] == [0.95, 0.6]
    desk.review(active, 100, accepted=70, audit=True)
    assert triggers.check().trigger == "drift", "though the others drown it"


def test_windows_begin_anew_with_each_promotion(desk, active):
    settings = LearningSettings(drift_reviews=100)
    desk.review(active, 100, accepted=95, audit=True)
    windows.close_full(settings)

    Promotion.objects.create(version=active)
    desk.review(active, 100, accepted=70, audit=True, created_at=timezone.now() + timedelta(minutes=1))
    windows.close_full(settings)

    assert [row.number for row in DriftWindow.objects.all()] == [0, 0]


@pytest.mark.parametrize(
    ("wanted", "metrics", "sequel"),
    [
        ("waits", GOOD, "waits"),
        ("canary", GOOD, "canary"),
        ("promoted", GOOD, "promoted"),
        ("canary", BAD, "waits"),
        ("promoted", BAD, "waits"),
    ],
)
def test_the_settings_and_the_gate_say_what_becomes_of_a_version(active, wanted, metrics, sequel):
    choose(sequel=wanted, share=25, promotes=True)
    version = make_model(metrics=metrics)
    run = trained(trigger="verdicts", figures={"verdicts": 100}, version=version)

    sequels.decide()
    sequels.decide()

    run.refresh_from_db()
    assert run.sequel == sequel
    assert ModelVersion.objects.active() == (version if sequel == "promoted" else active)
    assert list(Canary.objects.values_list("version", "share", "promotes")) == (
        [(version.pk, 25, True)] if sequel == "canary" else []
    )
    if sequel == "promoted":
        assert (Promotion.objects.first().why, Promotion.objects.first().by) == ("training", None)


def test_what_somebody_trained_by_hand_is_left_to_them(active):
    choose(sequel="promoted")
    run = trained(version=make_model(metrics=GOOD))

    sequels.decide()

    run.refresh_from_db()
    assert run.sequel == ""
    assert ModelVersion.objects.active() == active


def test_while_another_version_is_on_trial_the_next_one_waits(active):
    choose(sequel="canary")
    for version in (make_model(metrics=GOOD), make_model(metrics=GOOD)):
        trained(trigger="schedule", version=version)

    sequels.decide()

    assert sorted(TrainingRun.objects.values_list("sequel", flat=True)) == ["canary", "waits"]
