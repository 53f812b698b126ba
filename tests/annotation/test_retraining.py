"""From reviews to a candidate: the whole run, its stop, and the worker that dies in the middle."""

import json
import os
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from annotation import retraining, tasks
from annotation.models import Review, ReviewTask, Verdict
from ml.registry import nudges, promotion, runs
from ml.registry.models import ModelVersion, TrainingRun
from taxonomy import versions
from taxonomy.models import Tag, TaxonomyVersion
from tests.factories import make_line, make_tag, make_user, make_video
from tests.workers import until, worker

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

QUICK = os.path.relpath(Path(__file__).with_name("demo_stack.toml"))  # for what is not about the parts of a stack
NETWORKS = os.path.relpath(Path(__file__).with_name("two_networks.toml"))


@pytest.fixture
def reviewed(settings):
    """Thirty reviewed videos of three kinds; all three splits have some."""
    line, reviewer = make_line(), make_user()
    tags = {word: make_tag(code=word) for word in ("rain", "cooking", "concert")}
    versions.publish()
    for n, (word, tag) in enumerate([*tags.items()] * 10):
        video = make_video(source="retraining", external_id=str(n), title=f"{word} number {n}")
        task = ReviewTask.objects.create(video=video, business_line=line, state="done")
        review = Review.objects.create(
            task=task, reviewer=reviewer, operation=uuid4(), taxonomy_version=TaxonomyVersion.objects.get()
        )
        Verdict.objects.create(review=review, tag=tag, choice="accept")


def tag_called(code):
    return Tag.objects.get(code=code)


def state(run):
    return TrainingRun.objects.get(pk=run.pk).state


def test_a_training_leaves_a_candidate_with_its_metrics_and_curves(reviewed):
    run = runs.start(NETWORKS)

    version = retraining.retrain(run.pk)

    run.refresh_from_db()
    assert (run.state, run.version, version.state) == ("done", version, "candidate")
    assert {"f1", "recall_at_20", "ece", "videos", "recallers", "reliability"} <= version.metrics.keys()
    assert "classifier.v1" in run.losses
    assert (version.folder / "bundle.json").is_file()
    assert version.snapshot_hash == run.snapshot


def test_the_next_training_is_measured_against_the_active_version_on_the_same_videos(reviewed):
    first = retraining.retrain(runs.start(QUICK).pk)
    promotion.promote(first)

    second = retraining.retrain(runs.start(QUICK).pk)

    assert second.parent == first
    assert second.metrics["rival"]["version"] == first.pk
    assert second.metrics["rival"]["metrics"]["videos"] == second.metrics["videos"]


def test_without_reviews_the_run_fails_with_a_sentence():
    run = runs.start("small")

    assert retraining.retrain(run.pk) is None

    run.refresh_from_db()
    assert run.state == "failed"
    assert run.error.startswith("Nobody has reviewed a video yet")


def test_an_unknown_stack_fails_with_a_sentence(reviewed):
    run = runs.start("enormous")

    assert retraining.retrain(run.pk) is None

    run.refresh_from_db()
    assert run.state == "failed"
    assert "enormous" in run.error


def test_a_cancelled_training_stops_and_leaves_nothing(reviewed, settings, tmp_path):
    settings.BUNDLE_ROOT = tmp_path
    run = runs.start("small")

    assert retraining.retrain(run.pk, listen=lambda progress: runs.cancel(run)) is None

    assert state(run) == "cancelled"
    assert not list(tmp_path.iterdir())
    assert not ModelVersion.objects.exists()


def test_the_command_trains_and_promotes(reviewed, settings):
    settings.TRAINING_STACK = QUICK

    call_command("retrain", wait=True, promote=True)

    assert ModelVersion.objects.active() == ModelVersion.objects.get()


def test_the_command_refuses_while_a_training_goes_on(reviewed):
    runs.start("small")

    with pytest.raises(CommandError, match="going on already"):
        call_command("retrain")


def test_a_training_whose_worker_is_killed_is_finished_by_another_on_the_same_snapshot(reviewed, settings):
    settings.TRAINING_HEARTBEAT_SECONDS = 2
    run = runs.start(NETWORKS)
    with worker("gpu", TRAINING_HEARTBEAT_SECONDS="2") as first:
        nudges.train(run.pk)
        until(lambda: "contrastive.v1" in TrainingRun.objects.get(pk=run.pk).losses, "the recallers are trained")
        first.kill()
    run.refresh_from_db()
    assert run.state == "running"
    snapshot, classifier = run.snapshot, run.losses["classifier.v1"]
    TrainingRun.objects.filter(pk=run.pk).update(losses={"classifier.v1": [*classifier, [10**6, 0.5]]})
    make_review_that_came_later()

    until(runs.forgotten, "the worker's silence is noticed")
    with worker("gpu", TRAINING_HEARTBEAT_SECONDS="2"):
        tasks.resume_training()
        until(lambda: state(run) not in TrainingRun.UNFINISHED, "another worker finishes it")

    run.refresh_from_db()
    assert (run.state, run.snapshot, run.attempt) == ("done", snapshot, 2), run.error
    assert run.losses["classifier.v1"][-1] == [10**6, 0.5]  # it was not trained again
    assert not list(Path(settings.BUNDLE_ROOT).glob(".*.training"))
    assert ModelVersion.objects.get() == run.version
    manifest = json.loads((run.version.folder / "bundle.json").read_text())
    assert manifest["snapshot"] == snapshot


def make_review_that_came_later():
    task = ReviewTask.objects.create(video=make_video(), business_line=make_line(), state="done")
    review = Review.objects.create(
        task=task, reviewer=make_user(), operation=uuid4(), taxonomy_version=TaxonomyVersion.objects.get()
    )
    Verdict.objects.create(review=review, tag=tag_called("rain"), choice="accept")
