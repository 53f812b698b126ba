"""What the evidence of a suggestion says, in the reader's words: for every page that shows suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from ml.types import CONTEXT_FIELDS, TEXT_FIELDS

Place = Sequence[Any]  # [field, start, end]

BACKWARDS = "^"
HOLDS = 0.5  # of a tag's surest window: from there it holds in a window too
RELATIONS = {
    "parent": (_("below"), _("above")),
    "broader": (_("also below"), _("also above")),
    "together": (_("often said with"), _("often said with")),
    "related": (_("related to"), _("related to")),
    "part_of": (_("part of"), _("has the part")),
    "plays_in": (_("plays in"), _("played by")),
    "member_of": (_("member of"), _("has the member")),
    "made_by": (_("made by"), _("maker of")),
}
FIELDS = {"uploader": _("uploader"), "program": _("program")}


class Step(NamedTuple):
    """One tag of a path, and how the one before it leads there (empty for the first)."""

    how: str
    name: str


class Stretch(NamedTuple):
    """A part of the clip in which a tag holds."""

    start: float  # seconds
    end: float
    score: float  # of its surest window, 0 to 1

    @property
    def times(self) -> str:
        return f"{clock(self.start)}–{clock(self.end)}"


class Box(NamedTuple):
    """A part of the picture at one moment, in per cent of the picture."""

    at: float  # seconds
    left: float
    top: float
    width: float
    height: float

    @property
    def sides(self) -> str:
        """As the scripts read it."""
        return " ".join(f"{side:g}" for side in self[1:])

    @property
    def time(self) -> str:
        return clock(self.at)


def clock(seconds: float) -> str:
    """As players show it: 0:07."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def words(video: object, places: Iterable[Place]) -> tuple[str, ...]:
    """The marked words as they stand in the texts, each once."""
    found = [getattr(video, name)[start:end] for name, start, end in places if name in TEXT_FIELDS]
    return tuple(dict.fromkeys(word for word in found if word.strip()))


def context(video: object, places: Iterable[Place]) -> tuple[tuple[str, str], ...]:
    """What the clip's context says: the name of the field, and the words there; each once."""
    found = [(str(FIELDS[name]), getattr(video, name)[a:b]) for name, a, b in places if name in CONTEXT_FIELDS]
    return tuple(dict.fromkeys(pair for pair in found if pair[1].strip()))


def on_paths(evidence: Iterable[Mapping[str, Any]]) -> set[int]:
    """The tags that paths lead over: their names are needed to show them."""
    return {tag for told in evidence for _by, tag in told.get("path", ())}


def path(evidence: Mapping[str, Any], names: Mapping[int, str]) -> tuple[Step, ...]:
    """From a tag that the clip speaks of to the proposed one; empty where a tag of it is no longer known."""
    hops = evidence.get("path", ())
    if any(tag not in names for _by, tag in hops):
        return ()
    return tuple(Step(_relation(by), names[tag]) for by, tag in hops)


def box(evidence: Mapping[str, Any]) -> Box | None:
    """The part of the picture that speaks for the tag."""
    if not evidence.get("region"):
        return None
    at, left, top, right, bottom = evidence["region"]
    return Box(at, *(round(100 * share, 2) for share in (left, top, right - left, bottom - top)))


def stretches(evidence: Mapping[str, Any], length: float) -> tuple[Stretch, ...]:
    """When the tag holds in a clip of so many seconds: windows in a row, each at least half as sure as the surest."""
    seconds, scores = evidence.get("windows") or (0.0, ())
    least = HOLDS * max(scores, default=0.0)
    found: list[Stretch] = []
    for n, score in enumerate(scores):
        start, end = n * seconds, min((n + 1) * seconds, length)
        if score <= 0 or score < least or end <= start:
            continue
        if found and found[-1].end == start:
            found[-1] = Stretch(found[-1].start, end, max(found[-1].score, score))
        else:
            found.append(Stretch(start, end, score))
    return tuple(found)


def throughout(found: Sequence[Stretch], length: float) -> bool:
    """Whether the tag holds from the beginning to the end, so that no stretch needs to be named."""
    return len(found) == 1 and found[0].start == 0 and found[0].end >= length


def _relation(by: str) -> str:
    kind = by.removeprefix(BACKWARDS)
    forwards, backwards = RELATIONS.get(kind, (kind.replace("_", " "), kind.replace("_", " "))) if kind else ("", "")
    return str(backwards if by.startswith(BACKWARDS) else forwards)
