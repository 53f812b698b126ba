"""A video's texts, cut where the words begin and end that speak for a proposed tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from annotation.clips import Segment, TextField
from ml.types import TEXT_FIELDS
from tagging.models import Video

Span = tuple[str, int, int]  # text field, characters [start, end)


def text_fields(video: Video, spans: Mapping[int, Iterable[Span]]) -> list[TextField]:
    """The texts that are not empty, in segments; `spans` are those of each tag."""
    by_field: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for tag, places in spans.items():
        for name, start, end in places:
            by_field[name].append((start, end, tag))
    texts = [(name, getattr(video, name)) for name in TEXT_FIELDS]
    return [TextField(name, segments(text, by_field[name])) for name, text in texts if text]


def segments(text: str, marks: Iterable[tuple[int, int, int]]) -> tuple[Segment, ...]:
    """Cut `text` at every border of the marks (start, end, tag), which may overlap or reach beyond the text."""
    inside = [(max(start, 0), min(end, len(text)), tag) for start, end, tag in marks]
    inside = [mark for mark in inside if mark[0] < mark[1]]
    borders = sorted({0, len(text), *(start for start, _, _ in inside), *(end for _, end, _ in inside)})
    return tuple(
        Segment(text[a:b], tuple(sorted({tag for start, end, tag in inside if start <= a and b <= end})))
        for a, b in pairwise(borders)
    )
