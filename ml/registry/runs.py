"""Training runs: asked for, taken by one worker, followed while they go on, and finished in one of three ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from ml.registry.models import ModelVersion, TrainingRun, TrainingRunQuerySet

State = TrainingRun.State
Trigger = TrainingRun.Trigger


class AlreadyTraining(ValueError):
    """Another run is not finished yet; there is one at a time."""


def start(
    stack: str,
    by: User | None = None,
    trigger: TrainingRun.Trigger = Trigger.HAND,
    figures: Mapping[str, Any] | None = None,
) -> TrainingRun:
    """Ask for a training; a worker takes it. `figures` are what the trigger saw. Raises AlreadyTraining."""
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(stack=stack, started_by=by, trigger=trigger, figures=dict(figures or {}))
    except IntegrityError as error:
        if "one_training_at_a_time" not in str(error):
            raise
        raise AlreadyTraining(_("A training is going on already. Wait for it or stop it first.")) from error


def take(pk: int) -> TrainingRun | None:
    """Make the run this worker's: it is queued, or the worker that had it is silent. None: somebody else's.

    What a silent worker that comes back says of the run no longer counts: it has lost it.
    """
    left = Q(state=State.QUEUED) | Q(state=State.RUNNING) & _silent()
    taken = TrainingRun.objects.filter(left, pk=pk).update(
        state=State.RUNNING, attempt=F("attempt") + 1, heartbeat_at=Now(), done=0, total=0, stage=""
    )
    return TrainingRun.objects.get(pk=pk) if taken else None


def forgotten() -> list[int]:
    """Runs that a worker should be told of (again): their message was lost, or their worker died.

    A run that was to be stopped and whose worker is silent has stopped.
    """
    TrainingRun.objects.filter(_silent(), state=State.CANCELLING).update(state=State.CANCELLED, finished_at=Now())
    left = Q(state=State.QUEUED) | Q(state=State.RUNNING) & _silent()
    return list(TrainingRun.objects.filter(left).values_list("pk", flat=True))


def cancel(run: TrainingRun) -> bool:
    """Stop the run: at once when it only waits, else its worker stops within seconds. False: it is over already."""
    runs = TrainingRun.objects.filter(pk=run.pk)
    if runs.filter(state=State.QUEUED).update(state=State.CANCELLED, finished_at=Now()):
        return True
    return bool(runs.filter(state__in=[State.RUNNING, State.CANCELLING]).update(state=State.CANCELLING))


def beat(run: TrainingRun, **progress: Any) -> bool:
    """Say that the worker lives, and how far it is. False: the run shall stop, or is no longer running."""
    return bool(_held(run).filter(state=State.RUNNING).update(heartbeat_at=Now(), **progress))


def lost(run: TrainingRun) -> bool:
    """Whether another worker took the run over from this one."""
    return not _held(run).exists()


def keep_snapshot(run: TrainingRun, name: str, at: datetime) -> None:
    """Remember the snapshot and when it was begun, so that a worker that takes the run over trains on the same one."""
    TrainingRun.objects.filter(pk=run.pk).update(snapshot=name, snapshot_at=at)
    run.snapshot = name


def cancelled(run: TrainingRun) -> None:
    _held(run).unfinished().update(state=State.CANCELLED, finished_at=Now())


def fail(run: TrainingRun, reason: str) -> None:
    _held(run).unfinished().update(state=State.FAILED, error=reason, finished_at=Now())


def finish(
    run: TrainingRun,
    *,
    bundle: str,
    snapshot_hash: str,
    taxonomy_version: int,
    metrics: Mapping[str, Any],
    parent: ModelVersion | None = None,
) -> ModelVersion | None:
    """Register the bundle as a candidate. None when the run was finished otherwise, or is another worker's now."""
    with transaction.atomic():
        if not _held(run).unfinished().update(state=State.DONE, finished_at=Now(), error=""):
            return None
        version = ModelVersion.objects.create(
            stack=run.stack,
            bundle=bundle,
            snapshot_hash=snapshot_hash,
            taxonomy_version=taxonomy_version,
            metrics=dict(metrics),
            parent=parent,
        )
        TrainingRun.objects.filter(pk=run.pk).update(version=version)
    return version


def _held(run: TrainingRun) -> TrainingRunQuerySet:
    return TrainingRun.objects.filter(pk=run.pk, attempt=run.attempt)


def _silent() -> Q:
    return Q(heartbeat_at__lt=Now() - timedelta(seconds=settings.TRAINING_HEARTBEAT_SECONDS))
