"""The plain values that flow through the model stack: no torch, no Django, no I/O.

Those of which a video has dozens are named tuples: making one costs a third of what a frozen dataclass does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

TEXT_FIELDS = ("title", "description", "cover_text")
FACE_WIDTH = 128  # numbers that describe a face
CONTEXT_FIELDS = ("uploader", "program")  # where a clip comes from; evidence may name words of them too


@dataclass(frozen=True, slots=True)
class Tag:
    """One thing that may be said of a video, as the models see it."""

    id: int
    name: str
    names: tuple[str, ...] = ()  # every name and alias, in every language, the main one included
    parent: int | None = None
    kind: str = "category"  # category | content | person | program
    assignable: bool = True
    relations: tuple[tuple[str, int], ...] = ()  # kind (plays_in, member_of, ...) and the other tag's id


@dataclass(frozen=True)
class Vocabulary:
    """The tags a stack knows, in the fixed order of its output columns."""

    tags: tuple[Tag, ...]

    @cached_property
    def column(self) -> Mapping[int, int]:
        """Output column of a tag id."""
        return {tag.id: i for i, tag in enumerate(self.tags)}

    @cached_property
    def ids(self) -> tuple[int, ...]:
        return tuple(tag.id for tag in self.tags)

    def __len__(self) -> int:
        return len(self.tags)

    def __iter__(self) -> Iterator[Tag]:
        return iter(self.tags)

    def __contains__(self, tag: int) -> bool:
        return tag in self.column


class Fetchable(Protocol):
    """A media file that may lie elsewhere, in object storage say."""

    def fetched(self) -> AbstractContextManager[Path]:
        """A file of this machine with its content, for the length of the block. Raises FileNotFoundError."""
        ...


@dataclass(frozen=True, slots=True)
class VideoInput:
    """One clip as the modality layer receives it."""

    id: int
    title: str = ""
    description: str = ""
    cover_text: str = ""
    uploader: str = ""
    program: str = ""
    media: Path | Fetchable | None = None
    content_hash: str | None = None  # sha256 of the media file; the key of cached features

    def text(self) -> str:
        """Title, description and cover text, one a line, empty ones left out."""
        return "\n".join(part for name in TEXT_FIELDS if (part := getattr(self, name).strip()))


@dataclass(frozen=True)
class Features:
    """What the modality layer extracts from one video. A missing modality is None, never zeros."""

    video: VideoInput
    text: Array | None = None  # (text_dim,), L2-normalised sentence embedding
    frames: Array | None = None  # (frames, frame_dim), one row a second
    frame_times: Array | None = None  # (frames,), seconds
    sound: Array | None = None  # (examples, sound_dim), one row per 0.96 s
    texture: Array | None = None  # (examples, texture_dim), how the sound of each row is spread and moves
    faces: Array | None = None  # (faces, FACE_WIDTH), in the order of time
    face_places: Array | None = None  # (faces, 5), each as a `Region`


class Span(NamedTuple):
    """Characters [start, end) of one text or context field of the video."""

    field: str
    start: int
    end: int


class Region(NamedTuple):
    """A part of the picture at one instant. Sides are shares of the picture's width and height, from its top left."""

    at: float  # seconds
    left: float
    top: float
    right: float
    bottom: float


class Hop(NamedTuple):
    """A step through the graph of tags: the relation that was followed, and the tag that it leads to.

    `by` is a kind of relation (`plays_in`), `^kind` when it was followed backwards, empty where the path begins.
    """

    by: str
    tag: int


class Windows(NamedTuple):
    """How sure it is that a tag holds in each stretch of a clip; the surest one's is the tag's confidence."""

    seconds: float  # of a stretch
    scores: tuple[float, ...]  # in the order of time; 0 where nothing speaks for the tag


class Evidence(NamedTuple):
    """Why a recaller proposes a tag: words, moment, similar videos, a part of the picture, a path from a known tag."""

    spans: tuple[Span, ...] = ()
    similar: tuple[int, ...] = ()  # video ids, most similar first
    moment: tuple[float, float] | None = None  # seconds
    region: Region | None = None  # a face, say
    path: tuple[Hop, ...] = ()  # from a tag that the video speaks of to the proposed one
    windows: Windows | None = None  # when it is to be seen or heard


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class FoundPhrase:
    """A phrase of a video's text. Without tags it is news: what the taxonomy has no name for."""

    span: Span
    text: str
    kind: str
    score: float  # probability of its least certain character
    tags: tuple[int, ...]


@dataclass(frozen=True)
class Gallery:
    """Faces of people who agreed to be recognised. It comes from outside and is never part of a bundle."""

    tags: tuple[int, ...] = ()  # whose face each row is
    faces: Array = field(default_factory=lambda: np.zeros((0, FACE_WIDTH), np.float32))  # (faces, FACE_WIDTH)
    version: int = 0  # another number is another gallery


class Candidate(NamedTuple):
    """A tag proposed by one recaller, before ranking."""

    tag: int
    score: float  # comparable within one recaller only
    evidence: Evidence = NO_EVIDENCE


class Proposal(NamedTuple):
    """A tag with one calibrated confidence, and what led to it."""

    tag: int
    confidence: float  # in [0, 1]
    recallers: Mapping[str, float] = MappingProxyType({})  # recaller name -> its score
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class Example:
    """One reviewed video of a snapshot. Tags in neither set are unknown, not negative."""

    video: VideoInput
    tags: frozenset[int]
    rejected: frozenset[int] = frozenset()
    split: str = "train"  # train | dev | test
    lines: Mapping[int, frozenset[int]] = field(default_factory=dict)  # tags said for each line that reviewed it


@dataclass(frozen=True)
class Snapshot:
    """The frozen training set made from reviews."""

    hash: str
    vocabulary: Vocabulary
    examples: Sequence[Example]

    def split(self, name: str) -> list[Example]:
        return [example for example in self.examples if example.split == name]
