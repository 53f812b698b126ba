"""Retraining in a worker. What there is to do is in the database, so a message may be lost or come twice."""

from __future__ import annotations

from celery import shared_task

from annotation import retraining
from ml.registry import nudges, runs


@shared_task
def retrain(run: int) -> None:
    retraining.retrain(run)


@shared_task
def resume_training() -> None:
    """Tell a worker of runs whose message was lost or whose worker died."""
    for run in runs.forgotten():
        nudges.train(run)
