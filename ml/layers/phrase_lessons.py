"""Labelled texts as a tagger is shown them: as they are, or with other phrases of the same kinds in their places.

Mention replacement (Dai & Adel 2020, section 3). Two phrases seldom stand side by side twice; who has seen each kind
beside many others finds the border between two that never met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import torch

from ml.layers import spans
from ml.layers.phrase_book import Entry, entries
from ml.layers.spans import Phrase


class Lesson(NamedTuple):
    """A text, a label for each of its characters, and what its phrases would be in a book."""

    text: str
    labels: Sequence[str]
    own: frozenset[Entry]


@dataclass(frozen=True)
class PhraseLessons:
    """Texts to learn from, with their phrases and those of all texts by kind, each as often as it occurs."""

    lessons: Sequence[Lesson]
    phrases: Sequence[Sequence[Phrase]]
    words: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, texts: Sequence[str], said: Sequence[Sequence[str]]) -> Self:
        """`said`: a label for each character."""
        phrases, words = [spans.read(labels) for labels in said], defaultdict[str, list[str]](list)
        for text, mine in zip(texts, phrases, strict=True):
            for phrase in mine:
                words[phrase.kind].append(text[phrase.start : phrase.end])
        owned = [entries(text, mine) for text, mine in zip(texts, phrases, strict=True)]
        return cls([Lesson(*each) for each in zip(texts, said, owned, strict=True)], phrases, words)

    def drawn(self, rows: Sequence[int], swap: float, generator: torch.Generator) -> list[Lesson]:
        """These texts, of which a share of `swap` have other phrases than their own."""
        if not swap:
            return [self.lessons[i] for i in rows]
        other = (torch.rand(len(rows), generator=generator) < swap).tolist()
        return [self._swapped(i, generator) if o else self.lessons[i] for i, o in zip(rows, other, strict=True)]

    def _swapped(self, row: int, generator: torch.Generator) -> Lesson:
        """Whatever is no phrase stays, and so do the labels of half phrases."""
        lesson, text, labels, end = self.lessons[row], "", [], 0  # type: Lesson, str, list[str], int
        for phrase in self.phrases[row]:
            known = self.words[phrase.kind]
            words = known[int(torch.randint(len(known), (), generator=generator))]
            text += lesson.text[end : phrase.start] + words
            labels += [
                *lesson.labels[end : phrase.start],
                *spans.write([Phrase(0, len(words), phrase.kind)], len(words)),
            ]
            end = phrase.end
        text, labels = text + lesson.text[end:], [*labels, *lesson.labels[end:]]
        return Lesson(text, labels, entries(text, spans.read(labels)))
