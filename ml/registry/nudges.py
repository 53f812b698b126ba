"""Messages that say "look, there is work". The work itself is in the database, where beat finds it anyway."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

# Seconds, as often as beat sends them: an older nudge has been overtaken, and they must not pile up in the queue.
SUGGEST_EXPIRES = 10
TRAIN_EXPIRES = 30
SPREAD_EXPIRES = 3600  # until tasks are weighed again
GATHER_EXPIRES = 600  # asked for by a person, and behind a training it may wait


def suggest_waiting() -> None:
    """After the commit, tell a worker of the models that videos wait for suggestions."""
    _after_commit("tagging.tasks.suggest_waiting", expires=SUGGEST_EXPIRES)


def train(run: int) -> None:
    """After the commit, tell a worker of the models to take a training run."""
    _after_commit("annotation.tasks.retrain", run, expires=TRAIN_EXPIRES)


def gather(line: int) -> None:
    """After the commit, tell a worker of the models to put a business line's waiting clips into groups."""
    _after_commit("annotation.tasks.gather_groups", line, expires=GATHER_EXPIRES)


def spread() -> None:
    """After the commit, tell a worker of the models to put the front of each business line's queue in order."""
    _after_commit("annotation.tasks.spread_fronts", expires=SPREAD_EXPIRES)


def _after_commit(task: str, *args: Any, expires: int) -> None:
    # By name, for the tasks live in the apps above.
    transaction.on_commit(lambda: _send(task, args, expires))


def _send(task: str, args: tuple[Any, ...], expires: int) -> None:
    try:
        current_app.send_task(task, args=args, queue="gpu", expires=expires)
    except OperationalError as reason:
        log.warning("no broker to send %s to, beat will find the work: %s", task, reason)
