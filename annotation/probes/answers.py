"""What of a probed review becomes a label, and what only tells of the reviewer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from annotation.verdicts import Said


class Answer(NamedTuple):
    """A review of a probed task."""

    kept: list[Said]  # the verdicts that are stored
    choice: str  # what was said of the tag that was seeded or left out; empty: nothing


def split(said: Iterable[Said], kind: str, tag: int | None) -> Answer:
    """Nothing is kept of a seeded tag. Where another was put in its place, that one was added: the reviewer chose it.

    Where a seeded tag was put in the place of another, that other one was rejected.
    """
    verdicts = list(said)
    choice = next((s.choice for s in verdicts if s.tag == tag), "")
    if any(s.replacement == tag for s in verdicts if tag is not None):
        choice = "add"
    if kind != "wrong" or tag is None:
        return Answer(verdicts, choice)
    kept = [_without(s, tag) for s in verdicts if s.tag != tag]
    judged = {s.tag for s in kept}
    own = {s.replacement for s in verdicts if s.tag == tag and s.replacement is not None}
    return Answer(kept + [Said(other, "add") for other in sorted(own - judged)], choice)


def packed(said: Iterable[Said]) -> list[list[Any]]:
    """As they are stored."""
    return [[s.tag, str(s.choice), str(s.reason), s.replacement, s.start, s.end] for s in said]


def unpacked(stored: Iterable[Sequence[Any]]) -> list[Said]:
    return [Said(*row) for row in stored]


def _without(said: Said, seeded: int) -> Said:
    return Said(said.tag, "reject") if said.replacement == seeded else said
