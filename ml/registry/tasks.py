"""Nudges. The work is found in the database: beat looks for it every few seconds anyway."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def nudge_suggestions() -> None:
    """After the commit, tell a worker that there is a new active version.

    By name, for the task lives in the app above this one. A broker that is away costs seconds, so it is only logged.
    """
    transaction.on_commit(_send)


def _send() -> None:
    try:
        current_app.send_task("tagging.tasks.suggest_waiting", queue="gpu", expires=10)
    except OperationalError as reason:
        log.warning("no broker to nudge, beat will find the work: %s", reason)
