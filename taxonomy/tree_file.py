"""The categories of a version as the editor's page loads them: one compressed file a version and a language."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.cache import cache

from taxonomy import versions
from taxonomy.models import TaxonomyVersion
from taxonomy.versions import KINDS, STATES

FORMAT = 1
KEPT = 24 * 3600  # seconds
_CATEGORY, _MERGED = KINDS.index("category"), STATES.index("merged")


def packed(version: TaxonomyVersion, language: str) -> bytes:
    """`content` of the version, as gzipped JSON. Its bytes depend on the version's digest and the language only."""
    key = f"taxonomy-tree-{FORMAT}-{version.digest}-{language}"
    found: bytes | None = cache.get(key)
    if found is None:
        text = json.dumps(content(versions.read(version)["tags"], language), ensure_ascii=False, separators=(",", ":"))
        found = gzip.compress(text.encode(), mtime=0)
        cache.set(key, found, KEPT)
    return found


def content(tags: Mapping[str, Sequence[Any]], language: str) -> dict[str, Any]:
    """Columns of the categories that were not merged, each after its parent, siblings in their order.

    `parent` counts through the columns, -1 for a root; `state` through Tag.State; `name` is the preferred one in
    `language`, else the main one.
    """
    rows = list(_order(tags))
    places = {tags["id"][row]: place for place, row in enumerate(rows)}
    return {
        "format": FORMAT,
        "id": [tags["id"][row] for row in rows],
        "code": [tags["code"][row] for row in rows],
        "name": [_shown(tags["names"][row], language) or tags["name"][row] for row in rows],
        "parent": [places.get(tags["parent"][row], -1) for row in rows],
        "state": [tags["state"][row] for row in rows],
        "assignable": [int(tags["assignable"][row]) for row in rows],
    }


def _order(tags: Mapping[str, Sequence[Any]]) -> Iterable[int]:
    """The rows of the tree: a parent, then what is below it."""
    below: dict[int, list[int]] = defaultdict(list)
    for row, kind in enumerate(tags["kind"]):
        if kind == _CATEGORY and tags["state"][row] != _MERGED:
            below[tags["parent"][row]].append(row)
    for siblings in below.values():
        siblings.sort(key=lambda row: (tags["position"][row], tags["name"][row], tags["code"][row]), reverse=True)
    waiting = below.get(0, [])
    while waiting:
        row = waiting.pop()
        yield row
        waiting.extend(below.get(tags["id"][row], ()))


def _shown(names: Sequence[Sequence[Any]], language: str) -> str | None:
    short = language.split("-")[0]
    return next((name[1] for name in names if name[2] and name[0].split("-")[0] == short), None)
