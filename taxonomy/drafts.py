"""Drafts from the database: a version, kept in the process, and the edits of a change set on it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from taxonomy import contents, versions
from taxonomy.drafting.draft import Draft, Problem
from taxonomy.drafting.published import GuidelineValue, Published
from taxonomy.models import BusinessLine, ChangeSet, Guideline, TaxonomyVersion

_EMPTY: dict[str, Any] = {
    "tags": {
        name: []
        for name in (
            "id",
            "code",
            "name",
            "parent",
            "kind",
            "state",
            "assignable",
            "position",
            "merged_into",
            "names",
        )
    },
    "rules": [],
    "lines": {},
}
_NOTHING = Published({"format": contents.FORMAT, **_EMPTY}, {"rules": [], "relations": [], "guidelines": []})


def published(version: TaxonomyVersion | None) -> Published:
    """What a version says, to look things up in; nothing before the first version."""
    return _published(version.pk, version.digest, version.number) if version else _NOTHING


@lru_cache(maxsize=3)
def _published(pk: int, digest: str, number: int) -> Published:
    annex = versions.read_annex(TaxonomyVersion.objects.defer("content").get(pk=pk))
    rows = Guideline.objects.filter(pk__in=[row for _tag, _line, row in annex["guidelines"]])
    fields = ("pk", "body", "examples", "counter_examples", "confirm")
    texts = {
        pk: GuidelineValue(body, tuple(examples), tuple(counter_examples), confirm, pk)
        for pk, body, examples, counter_examples, confirm in rows.values_list(*fields)
    }
    return Published(versions.known(number, digest), annex, texts)


def lines() -> dict[str, int]:
    """Slugs of the business lines -> ids."""
    return dict(BusinessLine.objects.values_list("slug", "pk"))


def empty(version: TaxonomyVersion | None = None) -> Draft:
    """A draft without edits on a version, by default the newest."""
    return Draft(published(version or versions.current()), lines())


def of(change_set: ChangeSet) -> tuple[Draft, list[Problem]]:
    """The version the set was begun on with its edits, and those that could not be made, by place among the edits."""
    draft = Draft(published(change_set.base), lines())
    return draft, draft.replay(change_set.edits.standing().values_list("op", "values"))
