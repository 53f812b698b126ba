"""The switch to another version, and who may make it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from ml.registry import promotion
from ml.registry.models import ModelVersion, Promotion
from tests.factories import make_model, make_user

pytestmark = pytest.mark.django_db

GOOD = {"f1": 0.8, "videos": 100}
BAD = {"f1": 0.5, "videos": 100}


def test_the_first_version_promotes_freely():
    version = make_model(metrics={"f1": 0.1, "videos": 1})

    promotion.promote(version)

    assert ModelVersion.objects.active() == version


def test_the_former_version_is_retired():
    former, better = make_model(metrics=BAD, state="active"), make_model(metrics=GOOD)

    promotion.promote(better)

    former.refresh_from_db()
    assert former.state == "retired"
    assert ModelVersion.objects.active() == better


def test_a_worse_version_is_refused_with_its_reasons():
    former, worse = make_model(metrics=GOOD, state="active"), make_model(metrics=BAD)

    with pytest.raises(promotion.PromotionRefused) as refused:
        promotion.promote(worse)

    assert refused.value.reasons == ["F1 got worse, from 0.800 to 0.500"]
    assert ModelVersion.objects.active() == former


def test_who_knows_better_promotes_despite_the_objections_and_they_are_kept():
    make_model(metrics=GOOD, state="active")
    worse, admin = make_model(metrics=BAD), make_user("admin")

    promotion.promote(worse, by=admin, despite=True)

    kept = Promotion.objects.get()
    assert (kept.version, kept.by) == (worse, admin)
    assert kept.objections == ["F1 got worse, from 0.800 to 0.500"]


def test_rolling_back_is_promoting_the_former_version():
    first, second = make_model(metrics=GOOD), make_model(metrics=GOOD)
    promotion.promote(first)
    promotion.promote(second)

    promotion.promote(first)

    assert ModelVersion.objects.active() == first
    assert list(Promotion.objects.order_by("pk").values_list("version", flat=True)) == [first.pk, second.pk, first.pk]


def test_the_active_version_is_not_promoted_again():
    version = make_model(state="active")

    with pytest.raises(promotion.Overtaken):
        promotion.promote(version, despite=True)


def test_versions_are_compared_on_the_same_test_videos_where_both_were_measured_on_them():
    active = make_model(metrics={"f1": 0.9, "videos": 100}, state="active")
    rival = {"version": active.pk, "metrics": {"f1": 0.6}}
    version = make_model(metrics={"f1": 0.7, "videos": 100, "rival": rival})

    assert promotion.objections_to(version, active) == []
    assert promotion.objections_to(active, version) == ["F1 got worse, from 0.700 to 0.600"]


@pytest.mark.django_db(transaction=True)
def test_of_two_promotions_at_once_one_wins_and_one_is_told():
    make_model(state="active")
    versions = [make_model(), make_model()]

    def promote(version):
        try:
            promotion.promote(version, despite=True)
        except promotion.Overtaken:
            return "overtaken"
        finally:
            connection.close()
        return "promoted"

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(promote, versions))

    assert "promoted" in results
    assert ModelVersion.objects.filter(state="active").count() == 1
    assert Promotion.objects.count() == results.count("promoted")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_promote_the_same_version_one_does():
    make_model(state="active")
    version = make_model()

    def promote(_n):
        try:
            promotion.promote(version)
        except promotion.Overtaken:
            return "overtaken"
        finally:
            connection.close()
        return "promoted"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(promote, range(2))) == ["overtaken", "promoted"]
    assert Promotion.objects.count() == 1
