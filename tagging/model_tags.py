"""Which tags a model learned to give, and how many of them no longer mean themselves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.utils.translation import ngettext

from ml.registry.facts import Fact
from ml.registry.models import ModelVersion
from taxonomy import drafts, versions
from taxonomy.drafting.published import STATES
from taxonomy.mappings import TagMapping, between
from taxonomy.models import TaxonomyVersion

_ACTIVE = STATES.index("active")


def known(number: int) -> frozenset[int]:
    """The tags that a model of that taxonomy version may give; none for a version that is not there."""
    version = TaxonomyVersion.objects.defer("content", "annex").filter(number=number).first()
    return _usable(version.number, version.digest) if version else frozenset()


def mapping(number: int) -> TagMapping:
    """What became of that version's tags until now."""
    rows = TaxonomyVersion.objects.defer("content", "annex")
    former, newest = rows.filter(number=number).first(), versions.current()
    if former is None or newest is None or former.pk == newest.pk:
        return TagMapping()
    return _between(former, newest)


def stale(models: Iterable[ModelVersion]) -> dict[int, Fact]:
    """Of each model, how many of its tags were merged, split, deprecated or deleted since it was trained."""
    found = {}
    for model in models:
        tags, now = known(model.taxonomy_version), mapping(model.taxonomy_version)
        lost = tags & now.stale
        kinds = {
            "merged": len(tags & now.merged.keys()),
            "split": len(tags & now.split.keys()),
            "deprecated": len(tags & now.deprecated),
            "gone": len(tags & now.gone),
        }
        found[model.pk] = Fact(len(lost), len(tags), _in_words(kinds))
    return found


def _in_words(kinds: dict[str, int]) -> str:
    sentences = {
        "merged": ngettext("%(n)d merged", "%(n)d merged", kinds["merged"]),
        "split": ngettext("%(n)d split", "%(n)d split", kinds["split"]),
        "deprecated": ngettext("%(n)d deprecated", "%(n)d deprecated", kinds["deprecated"]),
        "gone": ngettext("%(n)d deleted", "%(n)d deleted", kinds["gone"]),
    }
    return ", ".join(sentences[kind] % {"n": n} for kind, n in kinds.items() if n)


@lru_cache(maxsize=16)
def _usable(number: int, digest: str) -> frozenset[int]:
    tags = versions.known(number, digest)["tags"]
    rows = zip(tags["id"], tags["state"], tags["assignable"], strict=True)
    return frozenset(tag for tag, state, assignable in rows if assignable and state == _ACTIVE)


@lru_cache(maxsize=32)
def _between(former: TaxonomyVersion, newest: TaxonomyVersion) -> TagMapping:
    return between(drafts.published(former), drafts.published(newest))
