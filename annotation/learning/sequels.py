"""What becomes of a version that was trained without anybody asking: it waits, is tried, or becomes the active one."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from annotation.learning.models import LearningSettings
from ml.registry import canaries, nudges, promotion
from ml.registry.models import ModelVersion, Promotion, TrainingRun, Trial

Wanted = LearningSettings.Sequel
Sequel = TrainingRun.Sequel


def decide() -> None:
    """Decide about the versions of trainings that are over. Each is decided about once."""
    over = TrainingRun.objects.filter(state=TrainingRun.State.DONE, sequel="", version__isnull=False)
    for pk in over.exclude(trigger=TrainingRun.Trigger.HAND).values_list("pk", flat=True):  # one, or none
        if _decide(pk, LearningSettings.now()) in (Sequel.PROMOTED, Sequel.CANARY):
            nudges.suggest_waiting()


@transaction.atomic
def _decide(pk: int, settings: LearningSettings) -> TrainingRun.Sequel | None:
    """None: somebody else did, at this moment."""
    runs = TrainingRun.objects.select_for_update(of=("self",)).filter(pk=pk, sequel="")
    if (run := runs.select_related("version").first()) is None or run.version is None:
        return None
    sequel = _sequel(run.version, settings)
    TrainingRun.objects.filter(pk=pk).update(sequel=sequel)
    return sequel


def _sequel(version: ModelVersion, settings: LearningSettings) -> TrainingRun.Sequel:
    """Done at once; where it cannot be done, a person is waited for."""
    wanted = settings.sequel
    if version.state != ModelVersion.State.CANDIDATE or wanted == Wanted.WAITS:
        return Sequel.WAITS
    if promotion.objections_to(version, ModelVersion.objects.active()):
        return Sequel.WAITS
    try:
        if wanted == Wanted.PROMOTED:
            promotion.promote(version, why=Promotion.Why.TRAINING)
            return Sequel.PROMOTED
        canaries.start(version, **trial(settings))
    except (promotion.PromotionRefused, canaries.CanaryRefused):
        return Sequel.WAITS
    return Sequel.CANARY


def trial(settings: LearningSettings) -> dict[str, Any]:
    """How a canary is tried, as the settings say."""
    return {field.name: getattr(settings, field.name) for field in Trial._meta.local_fields}
