"""What a new taxonomy version means for videos. Runs in the transaction that publishes it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from ml.registry import facts
from tagging import carrying, model_tags, tag_impact
from taxonomy import impact
from taxonomy.mappings import TagMapping
from taxonomy.signals import published

impact.COUNTERS["tagging"] = tag_impact.count
facts.STALE_TAGS[:] = [model_tags.stale]


@receiver(published)
def carry_labels(mapping: TagMapping, **_kw: Any) -> None:
    carrying.follow(mapping)
