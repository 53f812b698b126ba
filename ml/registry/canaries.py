"""Trials of a version on a share of the new videos: begun, ended once, and who serves meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from ml.registry.models import Canary, ModelVersion

Outcome = Canary.Outcome


class CanaryRefused(ValueError):
    """The trial cannot begin; the sentence says why."""


@dataclass(frozen=True)
class Duty:
    """Who makes suggestions now: the active version, and for its share of the new videos the canary."""

    active: ModelVersion
    canary: Canary | None = None


def running() -> Canary | None:
    return Canary.objects.running()


def duty() -> Duty | None:
    """None before the first promotion."""
    active = ModelVersion.objects.active()
    return Duty(active, running()) if active else None


def start(version: ModelVersion, by: User | None = None, **wanted: Any) -> Canary:
    """Try `version` beside the active one; `wanted` are fields of the trial. Raises CanaryRefused.

    Objections do not forbid it: to find out whether they matter is what a trial is for.
    """
    try:
        with transaction.atomic():
            # Locked as where another version is promoted, so that the rival is the one that stays.
            active = ModelVersion.objects.select_for_update().active()
            if active is None:
                raise CanaryRefused(_("There is no active version to compare it with. Promote it instead."))
            if active == version:
                raise CanaryRefused(_("It is the active version already."))
            return Canary.objects.create(version=version, rival=active, started_by=by, **wanted)
    except IntegrityError as error:
        if "one_canary" not in str(error):
            raise
        raise CanaryRefused(_("Another version is a canary now. End that trial first.")) from error


def end(
    canary: Canary,
    outcome: Canary.Outcome,
    by: User | None = None,
    figures: Mapping[str, Any] | None = None,
    error: str = "",
) -> bool:
    """End the trial; False when somebody did before. Nothing else is to do: its videos that nobody reviewed have no
    suggestions of the active version, which is what makes them wait for some.
    """
    ended = {"outcome": outcome, "ended_by": by, "figures": dict(figures or {}), "error": error}
    return bool(Canary.objects.filter(pk=canary.pk, outcome=Outcome.RUNNING).update(**ended, ended_at=Now()))


def overtake(promoted: ModelVersion, by: User | None) -> None:
    """End what trial there is, for another version than its rival becomes the active one."""
    if now := running():
        end(now, Outcome.PROMOTED if now.version_id == promoted.pk else Outcome.OVERTAKEN, by)
