"""Trials beside the active version: one at a time, ended once, and kept as they were."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from ml.registry import canaries, promotion
from ml.registry.models import Canary, ModelVersion, Promotion
from tests.factories import make_model, make_user

pytestmark = pytest.mark.django_db

GOOD = {"f1": 0.8, "videos": 100}
BAD = {"f1": 0.5, "videos": 100}
Outcome = Canary.Outcome


@pytest.fixture
def active():
    return make_model(state="active", metrics=GOOD)


def outcome(canary):
    canary.refresh_from_db()
    return canary.outcome


def test_a_trial_compares_a_version_with_the_active_one(active):
    version, admin = make_model(), make_user("admin")

    canary = canaries.start(version, admin, share=25)

    assert (canary.version, canary.rival, canary.started_by, canary.share) == (version, active, admin, 25)
    assert canaries.duty() == canaries.Duty(active, canary)
    assert ModelVersion.objects.active() == active


def test_a_worse_version_may_be_tried_for_that_is_what_a_trial_is_for(active):
    assert canaries.start(make_model(metrics=BAD)).runs


def test_without_an_active_version_there_is_nothing_to_compare_with():
    with pytest.raises(canaries.CanaryRefused, match="no active version"):
        canaries.start(make_model())


def test_the_active_version_is_no_canary(active):
    with pytest.raises(canaries.CanaryRefused, match="active version already"):
        canaries.start(active)


def test_there_is_one_trial_at_a_time(active):
    canaries.start(make_model())

    with pytest.raises(canaries.CanaryRefused, match="End that trial first"):
        canaries.start(make_model())


def test_a_trial_ends_once(active):
    canary, admin = canaries.start(make_model()), make_user("admin")

    assert canaries.end(canary, Outcome.ROLLED_BACK, figures={"clips": 3})
    assert not canaries.end(canary, Outcome.FAILED, admin)

    assert outcome(canary) == "rolled_back"
    assert (canary.ended_by, canary.figures) == (None, {"clips": 3})
    assert canaries.duty() == canaries.Duty(active)


def test_what_was_tried_and_how_it_ended_cannot_be_changed(active):
    canary = canaries.start(make_model())
    trials = Canary.objects.filter(pk=canary.pk)
    for change in ({"share": 50}, {"key": "0" * 32}, {"margin": 9.0}):
        with pytest.raises(IntegrityError, match="kept as it was"), transaction.atomic():
            trials.update(**change)
    canaries.end(canary, Outcome.FAILED)

    with pytest.raises(IntegrityError, match="only its end is written, once"), transaction.atomic():
        trials.update(outcome="promoted")
    with pytest.raises(IntegrityError, match="kept as it was"), transaction.atomic():
        trials.delete()


def test_a_person_who_leaves_does_not_take_the_trials_along(active):
    admin = make_user("admin")
    canary = canaries.start(make_model(), admin)
    canaries.end(canary, Outcome.FAILED, admin)

    admin.delete()

    assert outcome(canary) == "failed"
    assert (canary.started_by, canary.ended_by) == (None, None)


def test_promoting_the_canary_ends_its_trial(active):
    canary = canaries.start(make_model(metrics=GOOD))

    made = promotion.promote_canary(canary, figures={"clips": 400})

    assert ModelVersion.objects.active() == canary.version
    assert (made.why, made.former) == ("canary", active)
    assert outcome(canary) == "promoted"
    assert canary.figures == {"clips": 400}


def test_a_canary_that_something_speaks_against_stays_on_trial(active):
    canary = canaries.start(make_model(metrics=BAD))

    with pytest.raises(promotion.PromotionRefused):
        promotion.promote_canary(canary)

    assert outcome(canary) == "running"
    assert ModelVersion.objects.active() == active


def test_another_promotion_overtakes_the_trial(active):
    canary, admin = canaries.start(make_model()), make_user("admin")

    promotion.promote(make_model(metrics=GOOD), admin)

    assert outcome(canary) == "overtaken"
    assert canary.ended_by == admin


def test_promoting_the_canarys_version_by_hand_counts_as_its_promotion(active):
    canary = canaries.start(make_model(metrics=GOOD))

    promotion.promote(canary.version)

    assert outcome(canary) == "promoted"


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_at_once_one_decides_and_one_is_told():
    active = make_model(state="active", metrics=GOOD)
    canary = canaries.start(make_model(metrics=GOOD))

    def roll_back():
        return "rolled back" if canaries.end(canary, Outcome.ROLLED_BACK) else "told"

    def promote():
        try:
            promotion.promote_canary(canary)
        except promotion.Overtaken:
            return "told"
        return "promoted"

    def decide(how):
        try:
            return how()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(decide, [roll_back, promote]))

    assert said in (["rolled back", "told"], ["promoted", "told"])
    promoted = "promoted" in said
    assert outcome(canary) == ("promoted" if promoted else "rolled_back")
    assert ModelVersion.objects.active() == (canary.version if promoted else active)
    assert Promotion.objects.count() == promoted


@pytest.mark.django_db(transaction=True)
def test_of_two_trials_begun_at_once_one_begins():
    make_model(state="active")
    versions = [make_model(), make_model()]

    def start(version):
        try:
            canaries.start(version)
        except canaries.CanaryRefused:
            return "refused"
        finally:
            connection.close()
        return "began"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(start, versions)) == ["began", "refused"]
