"""What a new taxonomy version means for videos. Labels are carried after its commit."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from ml.registry import facts
from tagging import carrying, model_tags, nudges, tag_impact
from taxonomy import impact
from taxonomy.mappings import TagMapping
from taxonomy.signals import published

impact.COUNTERS["tagging"] = tag_impact.count
facts.STALE_TAGS[:] = [model_tags.stale]


@receiver(published)
def carry_labels(mapping: TagMapping, **_kw: Any) -> None:
    if mapping.merged or mapping.revived:
        transaction.on_commit(_carry, robust=True)  # the version is published whatever becomes of this


def _carry() -> None:
    """A small set at once, so that the next page shows it; of a large one a worker carries the rest."""
    if not carrying.carry(carrying.AT_ONCE):
        nudges.carry_labels()
