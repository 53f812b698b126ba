"""Which version is the active one: the switch, and the gate before it. Roll-back is promoting a former version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from ml.registry import canaries, objections
from ml.registry.models import Canary, ModelVersion, Promotion

State = ModelVersion.State
Why = Promotion.Why


class PromotionRefused(ValueError):
    """The gate is closed; `reasons` says why. Whoever knows better promotes `despite` them."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Overtaken(PromotionRefused):
    """Somebody promoted another version at the same moment, or this one is active already."""


def objections_to(version: ModelVersion, active: ModelVersion | None) -> list[str]:
    """What speaks against `version` in the place of `active`. Nothing speaks against the first one."""
    if active is None or active == version:
        return []
    mine, theirs = same_test(version, active)
    return [
        *objections.objections(mine, theirs),
        *objections.stale(version.taxonomy_version, active.taxonomy_version),
    ]


def promote(
    version: ModelVersion, by: User | None = None, despite: bool = False, why: Promotion.Why = Why.HAND
) -> Promotion:
    """Make `version` the active one. Raises PromotionRefused on objections, unless `despite` them; Overtaken."""
    try:
        with transaction.atomic():
            return _switch(version, by, despite, why)
    except IntegrityError as error:  # one_active_model: another promotion committed since we looked
        if "one_active_model" not in str(error):
            raise
        raise Overtaken([_("Another version was promoted at the same moment. Look again.")]) from error


def promote_canary(
    canary: Canary, by: User | None = None, despite: bool = False, figures: Mapping[str, Any] | None = None
) -> Promotion:
    """End the trial by making its version the active one. Raises as `promote`, and then the trial goes on."""
    with transaction.atomic():
        if not canaries.end(canary, Canary.Outcome.PROMOTED, by, figures):
            raise Overtaken([_("The trial was ended at the same moment. Look again.")])
        return promote(canary.version, by, despite, Why.CANARY)


def _switch(version: ModelVersion, by: User | None, despite: bool, why: Promotion.Why) -> Promotion:
    former = ModelVersion.objects.select_for_update().active()
    if former == version:
        raise Overtaken([_("It is the active version already.")])
    reasons = objections_to(version, former)
    if reasons and not despite:
        raise PromotionRefused(reasons)
    if former:
        ModelVersion.objects.filter(pk=former.pk, state=State.ACTIVE).update(state=State.RETIRED)
    others = ModelVersion.objects.filter(pk=version.pk).exclude(state=State.ACTIVE)
    if not others.update(state=State.ACTIVE, promoted_at=Now()):  # somebody did the same while this one waited
        raise Overtaken([_("It is the active version already.")])
    canaries.overtake(version, by)
    version.refresh_from_db()
    return Promotion.objects.create(version=version, former=former, objections=reasons, by=by, why=why)


def same_test(version: ModelVersion, active: ModelVersion) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Metrics of both. Where one was trained against the other, both were measured on one test split."""
    if (rival := version.metrics.get("rival", {})).get("version") == active.pk:
        return version.metrics, rival["metrics"]
    if (rival := active.metrics.get("rival", {})).get("version") == version.pk:
        return rival["metrics"], active.metrics
    return version.metrics, active.metrics
