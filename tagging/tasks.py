"""Work for Celery. A message is only a nudge: what there is to do is found in the database."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ml.registry import nudges as registry_nudges
from tagging import carrying, face_erasure, face_photos, intake, nudges, probing, suggestions, sweeping
from tagging.models import Import

PROBE_SECONDS = 20.0  # then other work of the queue has its turn
CARRY_SECONDS = 20.0


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True)
def run_import(import_id: int) -> None:
    done = intake.run(Import.objects.get(pk=import_id))
    if done.imported:
        nudges.probe_waiting()


@shared_task
def resume_imports() -> None:
    for import_ in intake.resumable():
        nudges.run_import(import_.pk)


@shared_task
def probe_waiting() -> None:
    if probing.examine_waiting(PROBE_SECONDS) and probing.waiting():
        nudges.probe_waiting()


@shared_task
def examine_faces() -> None:
    """Photos to examine, people to take out."""
    face_erasure.finish()
    if face_photos.examine_waiting(PROBE_SECONDS) and face_photos.waiting():
        nudges.examine_faces()


@shared_task
def sweep() -> None:
    sweeping.sweep()


@shared_task
def carry_labels() -> None:
    if not carrying.carry(seconds=CARRY_SECONDS):
        nudges.carry_labels()


@shared_task
def suggest_waiting() -> None:
    """One batch; then the next message, so that a training that waits in the queue gets its turn in between."""
    if suggestions.suggest_batch():
        registry_nudges.suggest_waiting()
