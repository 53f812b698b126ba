"""Training runs: one at a time, taken once, followed, stopped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ml.registry import runs
from ml.registry.models import ModelVersion, TrainingRun

pytestmark = pytest.mark.django_db


def finish(run):
    return runs.finish(run, bundle=f"bundle-{run.pk}", snapshot_hash="0" * 64, taxonomy_version=1, metrics={"f1": 0.5})


def worker_dies(run):
    TrainingRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))


def state(run):
    return TrainingRun.objects.get(pk=run.pk).state


def test_one_training_goes_on_at_a_time():
    runs.start("small")

    with pytest.raises(runs.AlreadyTraining):
        runs.start("small")


def test_after_it_is_over_the_next_may_start():
    runs.fail(runs.start("small"), "no reviews")

    assert runs.start("small")


def test_one_worker_takes_a_run():
    run = runs.start("small")

    assert runs.take(run.pk) == run
    assert runs.take(run.pk) is None


def test_the_run_of_a_dead_worker_is_found_and_taken_over():
    run = runs.start("small")
    runs.take(run.pk)
    assert runs.forgotten() == []

    worker_dies(run)

    assert runs.forgotten() == [run.pk]
    assert runs.take(run.pk) == run


def test_a_worker_that_lost_its_run_has_no_say_any_more():
    run = runs.start("small")
    late = runs.take(run.pk)
    worker_dies(run)

    now = runs.take(run.pk)

    assert not runs.beat(late)
    assert runs.lost(late)
    runs.cancelled(late)
    runs.fail(late, "too slow")
    assert finish(late) is None
    assert runs.beat(now)
    assert not runs.lost(now)
    assert finish(now)


def test_a_run_whose_message_was_lost_is_found():
    run = runs.start("small")

    assert runs.forgotten() == [run.pk]


def test_a_waiting_run_is_cancelled_at_once():
    run = runs.start("small")

    assert runs.cancel(run)

    assert state(run) == "cancelled"
    assert runs.take(run.pk) is None


def test_a_running_one_is_told_to_stop_with_its_next_heartbeat():
    run = runs.take(runs.start("small").pk)
    assert runs.beat(run, stage="recall", done=1, total=9)

    assert runs.cancel(run)

    assert not runs.beat(run)
    runs.cancelled(run)
    assert state(run) == "cancelled"


def test_a_run_that_was_to_stop_and_whose_worker_died_has_stopped():
    run = runs.start("small")
    runs.take(run.pk)
    runs.cancel(run)
    worker_dies(run)

    assert runs.forgotten() == []
    assert state(run) == "cancelled"


def test_a_finished_run_cannot_be_cancelled():
    run = runs.start("small")
    finish(runs.take(run.pk))

    assert not runs.cancel(run)


def test_a_finished_run_leaves_a_candidate():
    run = runs.start("small")

    version = finish(runs.take(run.pk))

    assert version.state == "candidate"
    assert TrainingRun.objects.get(pk=run.pk).version == version


def test_a_cancelled_run_leaves_no_version():
    run = runs.start("small")
    runs.cancel(run)

    assert finish(run) is None
    assert not ModelVersion.objects.exists()
