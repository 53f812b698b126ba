"""Recall by exact mentions: names and aliases of tags that stand in the text."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Self

from ml.parts import Config, Step, TrainingSet, read_config, write_config
from ml.types import TEXT_FIELDS, Candidate, Evidence, Features, Span, VideoInput, Vocabulary

SHORTEST = 2  # characters of a name that is looked for
# Scripts written without spaces: a name may stand anywhere in them. First and last code point of each block.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


class MentionRecaller:
    """Looks names up at each place of the text: one pass, whatever the number of names.

    Text and names are compared under NFKC and case folding. Of overlapping mentions the longest counts. A Latin name
    must stand as a word of its own; a Chinese one may stand anywhere.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = True  # nothing is learned from videos

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.tags: dict[str, tuple[int, ...]] = _tags_by_name(vocabulary)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in self.tags:
            lengths[name[:SHORTEST]].add(len(name))
        # By their first characters: how long the names are, longest first. Most places of a text begin no name.
        self.lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Only the vocabulary matters."""
        recaller = cls(data.vocabulary)
        step(1, 1, None)
        return recaller

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score 1 - 2^-n, n = mentions of the tag; one of a name that m tags share counts 1/m."""
        return [self._recall(item.video, k) for item in features]

    def _recall(self, video: VideoInput, k: int) -> list[Candidate]:
        spans: defaultdict[int, list[Span]] = defaultdict(list)
        count: defaultdict[int, float] = defaultdict(float)
        for field in TEXT_FIELDS:
            for start, end, tags in self.find(getattr(video, field)):
                for tag in tags:
                    spans[tag].append(Span(field, start, end))
                    count[tag] += 1 / len(tags)
        best = sorted(count, key=lambda tag: (-count[tag], self.vocabulary.column[tag]))[:k]
        return [Candidate(tag, 1 - 0.5 ** count[tag], Evidence(spans=tuple(spans[tag]))) for tag in best]

    def find(self, text: str) -> list[tuple[int, int, tuple[int, ...]]]:
        """Mentions as (start, end, tag ids), in the order of the text; places count in the text as given."""
        folded, origin = _fold(text)
        taken = bytearray(len(folded))
        kept = []
        for start, end, tags in sorted(self._matches(folded), key=lambda match: (match[0] - match[1], match[0])):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                kept.append((origin[start], origin[end - 1] + 1, tags))
        return [(start, _cluster_end(text, end), tags) for start, end, tags in sorted(kept)]

    def _matches(self, text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        for start in range(len(text) - SHORTEST + 1):
            for length in self.lengths.get(text[start : start + SHORTEST], ()):
                end = start + length
                if end > len(text):
                    continue
                if (tags := self.tags.get(text[start:end])) and _stands_alone(text, start, end):
                    yield start, end, tags
                    break  # a shorter name at the same place lies inside this one

    def save(self, folder: Path) -> None:
        """The names are those of the vocabulary, so there is nothing to keep but the fact."""
        write_config(folder, {})

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        read_config(folder)
        return cls(vocabulary)


def _tags_by_name(vocabulary: Vocabulary) -> dict[str, tuple[int, ...]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for tag in vocabulary:
        for name in {_fold(name.strip())[0] for name in (tag.name, *tag.names)} if tag.assignable else ():
            if len(name) >= SHORTEST:
                found[name].append(tag.id)
    return {name: tuple(tags) for name, tags in found.items()}


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """The text under NFKC and case folding, and for each of its characters the place it came from."""
    if text.isascii():
        return text.lower(), range(len(text))
    if not any(map(unicodedata.combining, text)):  # each letter by itself, which most texts are
        letters = list(map(_folded, text))
        if len(whole := "".join(letters)) == len(text) and all(letters):
            return whole, range(len(text))
    folded: list[str] = []
    origin: list[int] = []
    start = 0
    while start < len(text):
        end = _cluster_end(text, start + 1)
        part = _folded(text[start:end])
        folded.append(part)
        origin.extend([start] * len(part))
        start = end
    return "".join(folded), origin


@lru_cache(maxsize=8192)  # texts are made of few different letters
def _folded(cluster: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())


def _cluster_end(text: str, end: int) -> int:
    """Combining marks belong to the letter before them."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (
        (start > 0 and _spaced_letter(text[start]) and _spaced_letter(text[start - 1]))
        or (end < len(text) and _spaced_letter(text[end - 1]) and _spaced_letter(text[end]))
    )


def _spaced_letter(character: str) -> bool:
    """A letter or digit of a script that puts spaces between words."""
    if not character.isalnum():
        return False
    code = ord(character)
    return not any(first <= code <= last for first, last in _UNSPACED)
