"""The active model looks at gold clips too: what an older one said would tell them from the clips of the day."""

from __future__ import annotations

from django.conf import settings

from annotation.probes.models import GoldClip
from ml.registry.models import ModelVersion
from tagging import suggestions
from tagging.models import SuggestionSet


def at_gold() -> int:
    """A batch of the gold clips that the active model has not seen; returns how many it looked at."""
    version = ModelVersion.objects.active()
    if version is None:
        return 0
    seen = SuggestionSet.objects.filter(model_version=version).values("video")
    unseen = GoldClip.objects.filter(retired_at=None).exclude(video__in=seen)
    return len(suggestions.look_back(unseen.order_by("pk").values_list("video", flat=True)[: settings.SUGGEST_BATCH]))
