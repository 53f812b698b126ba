"""Messages that say "look, there is work", after the commit. Beat finds the work also where they are lost."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

IMPORT_EXPIRES = 30  # seconds, as often as beat looks
PROBE_EXPIRES = 10
CARRY_EXPIRES = 30


def run_import(import_id: int) -> None:
    transaction.on_commit(lambda: _send("tagging.tasks.run_import", [import_id], IMPORT_EXPIRES))


def probe_waiting() -> None:
    transaction.on_commit(lambda: _send("tagging.tasks.probe_waiting", [], PROBE_EXPIRES))


def examine_faces() -> None:
    transaction.on_commit(lambda: _send("tagging.tasks.examine_faces", [], PROBE_EXPIRES))


def carry_labels() -> None:
    transaction.on_commit(lambda: _send("tagging.tasks.carry_labels", [], CARRY_EXPIRES))


def _send(task: str, args: list[int], expires: int) -> None:
    try:
        current_app.send_task(task, args=args, queue="default", expires=expires)
    except OperationalError as reason:
        log.warning("no broker to send %s to, beat will find the work: %s", task, reason)
