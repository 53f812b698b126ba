"""The rule book of a published version, compiled once a process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from taxonomy import versions
from taxonomy.edition import Edition
from taxonomy.models import TaxonomyVersion
from taxonomy.rules import Node, Rule, RuleBook
from taxonomy.versions import KINDS, STATES

BOOKS = 16  # kept: a few versions for a few business lines
_ACTIVE = STATES.index("active")


def load(version: int | None = None, line: int | None = None) -> RuleBook:
    """The rules that hold for business line `line` in the version of that number, by default the newest.

    One small query when the book is known. Before anything is published the book knows no tag.
    Raises TaxonomyVersion.DoesNotExist for a number that was never published.
    """
    key = _key(version)
    return _compiled(*key, line) if key else RuleBook.compile([], [])


def of_lines(lines: Iterable[int], version: int) -> dict[int, RuleBook]:
    """The rule books of many business lines with one query. Lines without rules of their own share one book."""
    key = _key(version)
    assert key is not None
    return {line: _compiled(*key, line) for line in lines}


def of(edition: Edition, line: int) -> RuleBook:
    """The rules that hold for a business line in an edition; no query when the book is known."""
    return _compiled(edition.number, edition.digest, line) if edition.number else RuleBook.compile([], [])


def successors(tags: Iterable[int], edition: Edition, line: int) -> dict[int, int]:
    """The tag that stands for each of these: itself, or what it was merged into. Unknown ids are left out."""
    merged, book = _merged(edition.number, edition.digest), of(edition, line)
    return {tag: versions.follow(tag, merged) for tag in tags if tag in book}


def resolve(tag: int, version: int | None = None) -> int:
    """The tag, or the one it was merged into."""
    key = _key(version)
    return versions.follow(tag, _merged(*key)) if key else tag


def _key(version: int | None) -> tuple[int, str] | None:
    """Number and digest: the digest because a restored database may give a number to other content."""
    rows = TaxonomyVersion.objects.values_list("number", "digest")
    return rows.first() if version is None else rows.get(number=version)


@lru_cache(maxsize=BOOKS)
def _compiled(number: int, digest: str, line: int | None) -> RuleBook:
    found = versions.known(number, digest)
    if line is not None and not any(of_line == line for *_, of_line, _weight in found["rules"]):
        return _compiled(number, digest, None)
    rules = [
        Rule(id, kind, subject, tuple(others), of_line or None, weight)
        for id, kind, subject, others, of_line, weight in found["rules"]
    ]
    return RuleBook.compile(_nodes(found["tags"]), rules, line)


@lru_cache(maxsize=BOOKS)
def _merged(number: int, digest: str) -> Mapping[int, int]:
    tags = versions.known(number, digest)["tags"]
    return {tag: target for tag, target in zip(tags["id"], tags["merged_into"], strict=True) if target}


def _nodes(tags: Mapping[str, Any]) -> Iterator[Node]:
    """Only active tags may be given to videos; the others are known, so that old sets are understood."""
    columns = (tags[name] for name in ("id", "parent", "assignable", "state", "kind"))
    for id, parent, assignable, state, kind in zip(*columns, strict=True):
        yield Node(id, parent or None, bool(assignable) and state == _ACTIVE, KINDS[kind])
