"""The sums say what the reviews say: counted by hand here, taken back there, and once each."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from annotation.models import ConfidenceSum, ConfusionSum, Probe, ProbeAnswer, TagSum, Unfolded, WorkDay
from annotation.quality import fold
from tests.annotation.quality.factories import make_reviewed, take_back
from tests.factories import make_line, make_model, make_tag, make_user

pytestmark = pytest.mark.django_db

SATURDAY, MONDAY = datetime(2026, 1, 10, 23, 30, tzinfo=UTC), datetime(2026, 1, 12, 8, tzinfo=UTC)


@pytest.fixture
def tags():
    return {name: make_tag(name) for name in ("street", "league", "court")}


def work():
    counts = ("reviews", "timed", "seconds", "accepted", "rejected", "replaced", "added")
    return list(WorkDay.objects.order_by("day", "pk").values_list("day", *counts))


def said(tag, span="a", start=None, **kw):
    counts = ("accepted", "rejected", "replaced", "added", "put", "unclear", "found", "missed")
    return list(TagSum.objects.filter(tag=tag, span=span, start=start, **kw).values_list(*counts))


def test_every_verdict_is_counted_where_it_belongs(tags):
    line, reviewer, model = make_line(), make_user(), make_model()
    street, league, court = tags.values()
    told = {"model_version": model, "confidence": 0.62, "seconds": 4.0}
    make_reviewed(line, reviewer, ("accept", street), ("replace", league, court), at=SATURDAY, **told)
    audited = {"audit": True, "keystrokes": 3, "edits": 2, "model_version": model}
    make_reviewed(line, reviewer, ("reject", street, "guideline"), ("add", court), at=MONDAY, **audited)

    assert fold.fold() == 2

    assert work() == [(date(2026, 1, 10), 1, 1, 4.0, 1, 0, 1, 0), (date(2026, 1, 12), 1, 0, 0.0, 0, 1, 0, 1)]
    assert list(WorkDay.objects.order_by("day").values_list("counted", "keystrokes", "edits")) == [(0, 0, 0), (1, 3, 2)]
    assert said(street, "w", date(2026, 1, 5), model_version=model) == [(1, 0, 0, 0, 0, 0, 0, 0)]
    assert said(street, "w", date(2026, 1, 12), model_version=model) == [(0, 1, 0, 0, 0, 1, 0, 0)]
    assert said(court, "w", date(2026, 1, 5)) == [(0, 0, 0, 0, 1, 0, 0, 0)]
    assert said(court, "w", date(2026, 1, 12)) == [(0, 0, 0, 1, 0, 0, 0, 1)]
    assert said(street, "m", date(2026, 1, 1)) == said(street, "v") == said(street) == [(1, 1, 0, 0, 0, 1, 0, 0)]
    assert said(court) == [(0, 0, 0, 1, 1, 0, 0, 1)]
    assert list(ConfusionSum.objects.filter(span="a").values_list("tag", "replacement", "count")) == [
        (league.pk, court.pk, 1)
    ]
    bins = ConfidenceSum.objects.filter(span="a").values_list("model_version", "bin", "shown", "accepted")
    assert list(bins) == [(model.pk, 6, 2, 1)]
    assert ConfidenceSum.objects.get(span="a").confidence == pytest.approx(1.24)


def test_days_are_those_of_the_site(tags, settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    make_reviewed(make_line(), make_user(), ("accept", tags["street"]), at=SATURDAY)

    fold.fold()

    assert WorkDay.objects.get().day == date(2026, 1, 11)


@pytest.mark.parametrize("folded_between", [True, False])
def test_an_undo_takes_away_what_was_counted(tags, folded_between):
    line, reviewer = make_line(), make_user()
    kept = make_reviewed(line, reviewer, ("accept", tags["street"]), at=MONDAY, seconds=3.0)
    gone = make_reviewed(
        line, reviewer, ("replace", tags["street"], tags["league"]), at=MONDAY, seconds=5.0, confidence=0.4
    )
    if folded_between:
        fold.fold()
    take_back(gone)

    fold.fold_all()

    assert work() == [(date(2026, 1, 12), 1, 1, 3.0, 1, 0, 0, 0)]
    assert said(tags["street"]) == [(1, 0, 0, 0, 0, 0, 0, 0)]
    assert said(tags["league"]) == [(0, 0, 0, 0, 0, 0, 0, 0)]
    assert ConfusionSum.objects.get(span="a").count == 0
    assert (ConfidenceSum.objects.get(span="a").shown, kept.pk) == (0, kept.pk)


def test_nothing_counts_twice_and_imports_do_not_count(tags):
    line, reviewer = make_line(), make_user()
    for _ in range(3):
        make_reviewed(line, reviewer, ("accept", tags["street"]), at=MONDAY)
    make_reviewed(line, reviewer, ("add", tags["street"]), kind="import")

    assert [fold.fold(batch=2), fold.fold(batch=2), fold.fold(batch=2)] == [2, 1, 0]
    assert said(tags["street"]) == [(3, 0, 0, 0, 0, 0, 0, 0)]

    fold.recount()
    assert (Unfolded.objects.count(), said(tags["street"])) == (3, [])
    fold.fold_all()
    assert said(tags["street"]) == [(3, 0, 0, 0, 0, 0, 0, 0)]


def test_what_was_shown_otherwise_counts_as_work_only(tags):
    line, reviewer = make_line(), make_user()
    review = make_reviewed(line, reviewer, ("accept", tags["street"]), at=MONDAY, confidence=0.9)
    probe = Probe.objects.create(task=review.task, reviewer=reviewer, kind="blind")
    ProbeAnswer.objects.create(review=review, probe=probe)

    fold.fold()

    assert work() == [(date(2026, 1, 12), 1, 0, 0.0, 1, 0, 0, 0)]
    assert (TagSum.objects.count(), ConfidenceSum.objects.count()) == (0, 0)


def test_no_tag_was_missed_where_no_model_had_looked(tags):
    line, reviewer = make_line(), make_user()
    make_reviewed(line, reviewer, ("add", tags["street"]), at=MONDAY, audit=True)
    make_reviewed(line, reviewer, ("add", tags["street"]), at=MONDAY, audit=True, model_version=make_model())

    fold.fold()

    assert said(tags["street"]) == [(0, 0, 0, 1, 0, 0, 0, 1)]
    assert work()[0][-1] == 2


def test_a_fold_is_one_statement_however_much_there_is(tags, django_assert_num_queries):
    line, reviewer = make_line(), make_user()
    for _ in range(4):
        make_reviewed(line, reviewer, ("accept", tags["street"]))

    with django_assert_num_queries(4):  # a savepoint, its release, the lock, the statement
        fold.fold()


@pytest.mark.django_db(transaction=True)
def test_one_fold_runs_at_a_time(tags):
    make_reviewed(make_line(), make_user(), ("accept", tags["street"]))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT pg_advisory_xact_lock({fold.LOCK})")
        assert fold.fold() == 0
        cursor.execute("ROLLBACK")
    other.close()
    assert fold.fold() == 1
