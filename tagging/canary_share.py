"""Which videos are the canary's: a share of the new ones that a keyed hash draws, the same here as in the database."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import BigIntegerField, F, Func, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import LessThan

from ml.registry.models import Canary


class Place(Func):
    """The first 32 bits of the SHA-256 of a text, as a number."""

    template = "('x' || left(encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex'), 8))::bit(32)::bigint"
    output_field = BigIntegerField()


def in_share(canary: Canary) -> Q:
    """The videos that came in since the trial began and that its share holds."""
    keyed = Concat(Value(f"{canary.key}/"), Cast(F("pk"), TextField()), output_field=TextField())
    # Older videos first: inside a CASE the database asks in this order, and a million hashes take a second.
    return Q(created_at__gt=canary.started_at) & Q(LessThan(Place(keyed), canary.places))


def holds(canary: Canary, video: int, imported_at: datetime) -> bool:
    """What `in_share` says, of one video."""
    return imported_at > canary.started_at and place(canary.key, video) < canary.places


def place(key: str, video: int) -> int:
    """Where the hash puts a video, from 0 to 2^32 - 1. Who does not have the key cannot know it."""
    return int.from_bytes(hashlib.sha256(f"{key}/{video}".encode()).digest()[:4], "big")
