"""What reviewers say of a canary's suggestions rolls it back, promotes it, or is shown to an admin."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.learning import acceptance, watching
from annotation.learning.acceptance import Side
from annotation.learning.models import CanaryLook
from annotation.learning.ratios import Sums
from ml.registry import canaries
from ml.registry.models import Canary, ModelVersion, Promotion
from tests.annotation.learning.made import Desk
from tests.factories import make_model

pytestmark = pytest.mark.django_db

GOOD = {"f1": 0.8, "videos": 100}


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def active():
    return make_model(state="active", metrics=GOOD)


def tried(**wanted):
    began = timezone.now() - timedelta(hours=1)
    return canaries.start(make_model(metrics=wanted.pop("metrics", GOOD)), started_at=began, **wanted)


def outcome(canary):
    canary.refresh_from_db()
    return canary.outcome


def test_acceptance_is_counted_a_clip(desk, active, django_assert_num_queries):
    canary = tried()
    desk.review(canary.version, 3, accepted=2, added=1)
    desk.review(active, 4, accepted=4)

    with django_assert_num_queries(1):
        sides = acceptance.of_trial(canary)

    assert sides.canary == Side(Sums(3, 2, 3, 2, 2, 3), Sums(3, 3, 3, 3, 3, 3))
    assert sides.rival == Side(Sums(4, 4, 4, 4, 4, 4), Sums(4, 0, 4, 0, 0, 4))
    assert acceptance.sides(sides.told()) == sides


def test_what_does_not_belong_to_the_trial_is_not_counted(desk, active):
    canary = tried()
    before = timezone.now() - timedelta(days=1)
    desk.review(canary.version, 1, accepted=1, video={"created_at": before})  # an older video
    desk.review(canary.version, 1, accepted=1, created_at=before)
    desk.review(canary.version, 1, accepted=1, kind="import")
    desk.review(make_model(), 1, accepted=1)
    desk.undo(*desk.review(canary.version, 1, accepted=1))
    desk.probe(*desk.review(canary.version, 1, accepted=1))

    assert acceptance.of_trial(canary) == acceptance.Sides()


def test_only_the_audit_slice_counts_where_the_trial_says_so(desk, active):
    canary = tried(audited_only=True)
    desk.review(canary.version, 2, accepted=2)
    desk.review(canary.version, 1, accepted=1, audit=True)

    assert acceptance.of_trial(canary).canary.accepted.clips == 1


def test_a_canary_that_does_worse_is_rolled_back_and_the_reason_is_kept(desk, active):
    canary = tried(fewest=50)
    desk.review(canary.version, 60, accepted=25)
    desk.review(active, 150, accepted=135)

    watching.watch()

    assert outcome(canary) == "rolled_back"
    assert canary.ended_by is None
    assert canary.figures["verdict"] == "worse"
    assert canary.figures["sides"]["canary"]["accepted"]["clips"] == 60
    assert ModelVersion.objects.active() == active


def test_before_enough_clips_were_reviewed_nothing_is_decided(desk, active):
    canary = tried(fewest=100)
    desk.review(canary.version, 60, accepted=0)
    desk.review(active, 150, accepted=150)

    watching.watch()

    assert outcome(canary) == "running"


def test_a_canary_that_is_no_worse_is_offered(desk, active):
    canary = tried(fewest=50, margin=20)
    desk.review(canary.version, 150, accepted=148)
    desk.review(active, 150, accepted=148)

    watching.watch()

    assert outcome(canary) == "running"
    assert watching.standing(canary, watching.latest(canary)).decision.verdict == "no_worse"


def test_a_canary_that_is_no_worse_is_promoted_where_the_trial_says_so(desk, active):
    canary = tried(fewest=50, margin=20, promotes=True)
    desk.review(canary.version, 150, accepted=148)
    desk.review(active, 150, accepted=148)

    watching.watch()

    assert outcome(canary) == "promoted"
    assert ModelVersion.objects.active() == canary.version
    assert Promotion.objects.get().why == "canary"


@pytest.mark.parametrize(("metrics", "added"), [({"f1": 0.5, "videos": 100}, 0), (GOOD, 2)])
def test_what_speaks_against_it_leaves_the_promotion_to_a_person(desk, active, metrics, added):
    """Objections of the gate, or tags that reviewers have to add to its clips and not to the others."""
    canary = tried(fewest=50, margin=20, promotes=True, metrics=metrics)
    desk.review(canary.version, 150, accepted=148, added=added)
    desk.review(active, 150, accepted=148)

    watching.watch()

    assert outcome(canary) == "running"
    assert ModelVersion.objects.active() == active


def test_looks_are_kept_while_there_is_news(desk, active):
    canary = tried()
    watching.watch()
    assert not CanaryLook.objects.exists()

    desk.review(canary.version, 100, accepted=80)
    watching.watch()
    watching.watch()
    desk.review(active, 1, accepted=1)  # too little news
    watching.watch()
    assert CanaryLook.objects.count() == 1

    desk.review(active, 10, accepted=1)
    watching.watch()
    assert [look.number for look in CanaryLook.objects.all()] == [1, 2]
    assert watching.latest(canary).rival.accepted.clips == 11


def test_a_look_that_changes_the_verdict_is_kept_however_little_is_new(desk, active):
    canary = tried(fewest=100)
    desk.review(canary.version, 99, accepted=80)
    desk.review(active, 100, accepted=80)
    watching.watch()

    desk.review(canary.version, 1, accepted=1)
    watching.watch()

    assert watching.standing(canary, watching.latest(canary)).decision.verdict == "open"


def test_without_a_trial_watching_asks_one_question(django_assert_num_queries):
    with django_assert_num_queries(1):
        watching.watch()


def test_what_was_seen_last_survives_the_end(desk, active):
    canary = tried(fewest=50)
    desk.review(canary.version, 60, accepted=0)
    desk.review(active, 60, accepted=60)
    watching.watch()

    assert watching.latest(Canary.objects.get()).canary.accepted.clips == 60
