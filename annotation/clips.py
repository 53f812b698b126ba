"""Everything the review page shows of one task, loaded with a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from annotation.models import ReviewTask, Verdict
from annotation.readings import Change
from ml.registry.part_names import part_name
from tagging.models import Video
from tagging.reasons import Box, Step, Stretch, clock
from taxonomy.models import BusinessLine


@dataclass(frozen=True)
class Segment:
    """A piece of text; `tags` are the proposed tags it speaks for (empty: plain text)."""

    text: str
    tags: tuple[int, ...] = ()


@dataclass(frozen=True)
class TextField:
    """One text of the video, cut where marks begin and end."""

    name: str  # title | description | cover_text
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class SimilarVideo:
    """A reviewed clip that looks or sounds alike."""

    id: int
    title: str
    url: str


@dataclass(frozen=True)
class Evidence:
    """Why a tag is proposed."""

    words: tuple[str, ...] = ()  # as they stand in the text, once each
    moment: tuple[float, float] | None = None  # seconds
    similar: tuple[SimilarVideo, ...] = ()
    recallers: tuple[tuple[str, float], ...] = ()  # name and score, best first
    context: tuple[tuple[str, str], ...] = ()  # field (uploader, program) and the words there
    box: Box | None = None  # the face, say, that speaks for it
    path: tuple[Step, ...] = ()  # from a tag that the clip speaks of
    stretches: tuple[Stretch, ...] = ()  # of the clip, in which the tag holds
    throughout: bool = False  # it is one stretch from the beginning to the end

    @property
    def proposers(self) -> list[tuple[str, float]]:
        """The recallers by the names people know them by, with their scores."""
        return [(part_name(name), score) for name, score in self.recallers]

    @property
    def is_bare(self) -> bool:
        """Nothing to show but who says so."""
        places = self.moment or self.stretches or self.box
        return not (places or self.words or self.similar or self.context or self.path)

    @property
    def times(self) -> str:
        """The moment as players show it."""
        return "–".join(clock(second) for second in self.moment) if self.moment else ""


@dataclass(frozen=True)
class ExampleClip:
    """A reviewed clip that a guideline points to."""

    id: int
    title: str
    url: str
    poster: str  # empty for a video of text only


@dataclass(frozen=True)
class Card:
    """What stands beside the text of a guideline."""

    examples: tuple[ExampleClip, ...] = ()
    counter_examples: tuple[ExampleClip, ...] = ()
    change: Change | None = None


@dataclass(frozen=True)
class GuidelineText:
    """What a tag means for this business line."""

    html: SafeString
    version: int
    since: datetime
    new: bool  # changed within the last two weeks
    general: bool  # holds for all lines; this one has none of its own
    pk: int = 0
    card: Card = Card()


@dataclass
class ProposedTag:
    """A tag the model proposes, and what the reviewer said of it so far."""

    tag: int
    name: str
    path: tuple[str, ...]  # ancestors, the root first; empty for an open tag
    kind: str
    confidence: float
    evidence: Evidence
    guideline: GuidelineText | None = None
    verdict: str = ""  # accept | reject | replace | "" undecided
    reason: str = ""
    replacement: int | None = None
    replacement_name: str = ""
    span: tuple[float, float] | None = None  # seconds: the part of the clip in which it is said to hold

    @property
    def percent(self) -> int:
        return round(self.confidence * 100)


@dataclass
class AddedTag:
    """A tag the reviewer added."""

    tag: int
    name: str
    path: tuple[str, ...]
    kind: str
    guideline: GuidelineText | None = None
    span: tuple[float, float] | None = None  # as of a proposed one


@dataclass(frozen=True)
class Piece:
    """A part of a lane, in per cent of the clip's length."""

    start: float
    width: float
    second: float  # where it begins
    until: float  # where it ends
    faint: bool  # a part that is far less sure than the lane's surest


@dataclass(frozen=True)
class Lane:
    """When a proposed tag is to be seen or heard."""

    tag: int
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class MediaUrls:
    clip: str
    poster: str
    filmstrip: str


@dataclass
class Clip:
    """One task as the reviewer sees it."""

    task: ReviewTask
    video: Video
    line: BusinessLine
    operation: UUID  # for the submit of this drawing of the page
    taxonomy_version: int
    model_version: int | None
    proposals: list[ProposedTag]
    added: list[AddedTag]
    text_fields: list[TextField]
    lanes: list[Lane]
    media: MediaUrls | None
    peaks: list[float]  # of the sound, 0..1
    uploader_clips: int
    why: list[str]  # sentences: what made this clip come first
    handed_over: tuple[str, str] | None = None  # by which colleague, and their note
    conflicts: list[dict[str, object]] = field(default_factory=list)  # as in the answer 422
    errors: list[dict[str, str]] = field(default_factory=list)
    choices: list[AddedTag] = field(default_factory=list)  # several tags match what was typed without JavaScript
    add_name: str = ""
    skip_reason: str = ""

    @cached_property
    def reasons(self) -> list[tuple[str, str]]:
        """Why a tag may be rejected: value and label."""
        return [(value, str(label)) for value, label in Verdict.Reason.choices]

    @cached_property
    def reason_options(self) -> SafeString:
        """The same as a select's options, made once: most tags have none chosen yet."""
        return format_html_join("", '<option value="{}">{}</option>', self.reasons)

    @property
    def token(self) -> int:
        return self.task.token

    @property
    def lease_until(self) -> datetime | None:
        return self.task.lease_until

    @property
    def duration(self) -> float | None:
        """Seconds."""
        return self.video.media.duration if self.video.media else None

    @property
    def length(self) -> str:
        return clock(self.duration) if self.duration is not None else ""
