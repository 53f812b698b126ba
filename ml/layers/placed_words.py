"""The words of a video, each at its place in the field that it was written in."""

from __future__ import annotations

from typing import NamedTuple

from ml.layers.character_tables import folded
from ml.layers.tokens import located
from ml.types import TEXT_FIELDS, Array, Span, VideoInput

_LONGEST = 2000  # characters of a field; a longer one adds cost, no subject
_STRONG = 0.5  # of what the strongest word says: its neighbours that say as much belong to the phrase


class Word(NamedTuple):
    token: str
    span: Span


def placed(video: VideoInput) -> list[Word]:
    """Words of title, description and cover text, folded character by character so that places stay."""
    return [
        Word(token, Span(field, start, end))
        for field in TEXT_FIELDS
        for token, start, end in located("".join(folded(getattr(video, field)[:_LONGEST])))
    ]


def strongest(words: list[Word], said: Array) -> tuple[Span, ...]:
    """The phrase around the word that says most, (words,); none where no word speaks for it."""
    if not len(said) or said.max() <= 0:
        return ()
    best = int(said.argmax())
    field, enough = words[best].span.field, _STRONG * float(said[best])
    start, end = best, best + 1
    while start > 0 and words[start - 1].span.field == field and said[start - 1] >= enough:
        start -= 1
    while end < len(said) and words[end].span.field == field and said[end] >= enough:
        end += 1
    return (Span(field, words[start].span.start, words[end - 1].span.end),)


def spoken(words: list[Word]) -> list[str]:
    return [word.token for word in words]
