"""What others know of model versions: the registry knows no taxonomy, so who does adds what its pages show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """Of a model's tags, how many no longer mean themselves, and how so in words."""

    stale: int
    tags: int
    words: str


# Set at start-up by tagging, which knows tags: the versions of a page -> what is stale of each, by primary key.
STALE_TAGS: list[Callable[[Iterable[Any]], Mapping[int, Fact]]] = []


def stale_tags(versions: Iterable[object]) -> dict[int, Fact]:
    versions = list(versions)
    found: dict[int, Fact] = {}
    for source in STALE_TAGS:
        found.update(source(versions))
    return found
