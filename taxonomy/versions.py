"""Published states of the taxonomy: frozen, numbered, and shipped to browsers exactly as stored."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction

from taxonomy import contents
from taxonomy.contents import FORMAT, KINDS, STATES, follow
from taxonomy.models import TaxonomyVersion

__all__ = ["FORMAT", "KINDS", "STATES", "current", "follow", "known", "lock", "publish", "read", "read_annex"]

LOCK = 7_245_001  # of PostgreSQL's advisory locks: one publishes at a time
_FAST = 6  # gzip: level 9 takes three times as long for two percent


def current() -> TaxonomyVersion | None:
    """The newest version, without its content; None before the first one."""
    return TaxonomyVersion.objects.defer("content", "annex").first()


def lock() -> None:
    """Wait until nobody else publishes; until the end of the transaction nobody else will."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def publish(comment: str = "", author: User | None = None) -> TaxonomyVersion:
    """Freeze the live tables as the next version, after something filled them: an import, a test, a benchmark.

    People's edits are published through taxonomy.changes. A constant number of queries, however large the taxonomy.
    """
    lock()
    return store(prepare(contents.content(), contents.annex()), comment, author)


@dataclass(frozen=True)
class Frozen:
    """A version ready to be stored."""

    content: bytes
    annex: bytes
    digest: str


def prepare(content: Mapping[str, Any], annex: Mapping[str, Any]) -> Frozen:
    body = _json(content)
    digest = hashlib.sha256(body).hexdigest()
    return Frozen(gzip.compress(body, _FAST, mtime=0), gzip.compress(_json(annex), _FAST, mtime=0), digest)


def store(frozen: Frozen, comment: str = "", author: User | None = None) -> TaxonomyVersion:
    """Make it the next version; where nothing changed, return the newest one. The caller holds the lock."""
    newest = TaxonomyVersion.objects.defer("content").first()
    if newest and newest.digest == frozen.digest and bytes(newest.annex or b"") == frozen.annex:
        return newest
    return TaxonomyVersion.objects.create(
        number=newest.number + 1 if newest else 1,
        content=frozen.content,
        annex=frozen.annex,
        digest=frozen.digest,
        comment=comment[:500],
        author=author,
    )


def read(version: TaxonomyVersion) -> dict[str, Any]:
    """The content of a version, as `contents.content` gave it."""
    found: dict[str, Any] = json.loads(gzip.decompress(version.content))
    return found


def read_annex(version: TaxonomyVersion) -> dict[str, Any]:
    """The annex of a version, as `contents.annex` gave it. Versions from before there were any have their rules."""
    if version.annex is not None:
        found: dict[str, Any] = json.loads(gzip.decompress(version.annex))
        return found
    if version == current():
        return contents.annex()
    rules = [[pk, str(UUID(int=pk)), *rest, ""] for pk, *rest in read(version)["rules"]]
    return {"format": FORMAT, "rules": rules, "relations": [], "guidelines": []}


@lru_cache(maxsize=2)
def known(number: int, digest: str) -> Mapping[str, Any]:
    """The content of that version, kept: rule books and drafts are made from it. Not to be changed."""
    return read(TaxonomyVersion.objects.only("content").get(number=number, digest=digest))


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
