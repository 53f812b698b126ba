"""What a reviewer says of each tag, before it is stored. Plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One verdict: accept | reject | replace | add; a reason with reject, another tag with replace.

    What the clip is said to have may be said of a part of it: from `start` to `end`, in seconds; of a replaced tag that
    is the other one.
    """

    tag: int
    choice: str
    reason: str = ""
    replacement: int | None = None
    start: float | None = None
    end: float | None = None

    @property
    def span(self) -> tuple[float, float] | None:
        return None if self.start is None or self.end is None else (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a review cost its reviewer; None where nobody counted."""

    seconds: float | None = None  # of active work
    keystrokes: int | None = None
    edits: int | None = None  # verdicts changed, steps back included


UNKNOWN = Effort()
CHOICES = frozenset({"accept", "reject", "replace", "add"})
REASONS = frozenset({"", "wrong", "minor", "general", "guideline", "rule", "other"})


def mistakes(verdicts: Iterable[Said]) -> Iterator[tuple[str, str]]:
    """What no verdict may be, as (field, what is wrong with it); the field is that of the review page's form."""
    seen: set[int] = set()
    for said in verdicts:
        if said.tag in seen:
            yield f"verdict-{said.tag}", "twice"
        if said.choice not in CHOICES:
            yield f"verdict-{said.tag}", "choice"
        if said.reason not in REASONS or (said.reason and said.choice != "reject"):
            yield f"reason-{said.tag}", "reason"
        if (said.choice == "replace") != (said.replacement is not None) or said.replacement == said.tag:
            yield f"replacement-{said.tag}", "replacement"
        if not _may_hold(said):
            yield f"span-{said.tag}", "span"
        seen.add(said.tag)


def _may_hold(said: Said) -> bool:
    """Whether the part of the clip, if one is told, is a part of anything."""
    if said.start is None and said.end is None:
        return True
    if said.start is None or said.end is None or said.choice == "reject":
        return False
    return 0 <= said.start < said.end < inf


def given(verdicts: Iterable[Said]) -> set[int]:
    """The tags the video has when these verdicts hold."""
    verdicts = list(verdicts)
    kept = {said.tag for said in verdicts if said.choice in {"accept", "add"}}
    return kept | {said.replacement for said in verdicts if said.replacement is not None}
