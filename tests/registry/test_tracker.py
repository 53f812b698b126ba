"""What a training in progress tells the database."""

from dataclasses import dataclass
from itertools import pairwise

import pytest

from ml.registry import runs, tracker
from ml.registry.models import TrainingRun


@dataclass
class Progress:
    stage: str
    done: int
    total: int
    loss: float | None = None


def test_a_curve_stays_short_and_keeps_its_shape():
    curve = tracker.Curve()
    for step in range(10_000):
        curve.add(step, 1 / (step + 1))

    steps = [step for step, _loss in curve.points]
    assert len(steps) <= tracker.POINTS
    assert steps[0] == 0
    assert steps[-1] > 9_000
    assert len({b - a for a, b in pairwise(steps)}) == 1


@pytest.mark.django_db
def test_progress_and_losses_are_stored():
    run = runs.take(runs.start("small").pk)
    follow = tracker.Tracker(run)

    follow.report(Progress("classifier", 1, 2, loss=0.7))
    follow.report(Progress("classifier", 2, 2, loss=0.35))

    stored = TrainingRun.objects.get(pk=run.pk)
    assert (stored.stage, stored.done, stored.total) == ("classifier", 2, 2)
    assert stored.losses == {"classifier": [[1, 0.7], [2, 0.35]]}


@pytest.mark.django_db
def test_the_training_learns_that_it_was_cancelled(monkeypatch):
    monkeypatch.setattr(tracker, "PERIOD", 0.0)
    run = runs.take(runs.start("small").pk)
    follow = tracker.Tracker(run)
    assert not follow.cancelled()

    runs.cancel(run)

    assert follow.cancelled()
