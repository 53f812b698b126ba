"""Sentence-order prediction (Lan et al. 2019, section 3.1), shortened for titles.

A pair is two neighbouring parts of one text, swapped half of the time; the network says whether they were. Texts that
cannot be parted teach nothing here. The original takes the second part from another text then, which on short texts
would mostly ask for the topic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from ml.pretraining.corpus import Unit

IN_ORDER, SWAPPED, UNKNOWN = 0, 1, -100
SHORT = 0.1  # share of pairs that are shorter than they could be
LEAST = 6  # pieces of a lone unit that is parted

Continuing = Callable[[int], bool]  # whether a piece continues a word


class Pair(NamedTuple):
    """Two parts of a text and their order: 0 as written, 1 swapped, -100 unknown (then there is no second part)."""

    first: list[int]
    second: list[int]
    order: int


def drawn(document: Sequence[Unit], longest: int, continues: Continuing, draw: Random) -> Pair:
    """A pair of at most `longest` pieces from a text (its units, each of at least one piece)."""
    room = draw.randint(2, longest) if draw.random() < SHORT else longest
    first, second = parted(_window(document, room, draw), continues, draw)
    _fit(first, second, room, draw)
    if not second:
        return Pair(first, [], UNKNOWN)
    return ordered(first, second, draw.random() < 0.5)


def ordered(first: list[int], second: list[int], swap: bool) -> Pair:
    """The two parts as they were, or swapped."""
    return Pair(second, first, SWAPPED) if swap else Pair(first, second, IN_ORDER)


def parted(units: Sequence[Unit], continues: Continuing, draw: Random) -> tuple[list[int], list[int]]:
    """Cut between two units; a lone unit of six pieces and more in its middle, a shorter one not at all."""
    if len(units) > 1:
        cut = draw.randint(1, len(units) - 1)
        return [p for unit in units[:cut] for p in unit], [p for unit in units[cut:] for p in unit]
    whole = list(units[0])
    if len(whole) < LEAST:
        return whole, []
    # Not within a word: a part that begins with the rest of one would give the order away.
    middle = next((i for i in range(len(whole) // 2, len(whole)) if not continues(whole[i])), len(whole))
    return whole[:middle], whole[middle:]


def _window(document: Sequence[Unit], room: int, draw: Random) -> Sequence[Unit]:
    """Two units or more, until there are `room` pieces; of a longer text somewhere in it."""
    sizes = [len(unit) for unit in document]
    left, last = room, len(sizes)
    # The last place from which the rest of the text still fills the room.
    while last and (left > 0 or len(sizes) - last < 2):
        last -= 1
        left -= sizes[last]
    start = draw.randint(0, last)
    end, found = start, 0
    while end < len(sizes) and (found < room or end - start < 2):
        found += sizes[end]
        end += 1
    return document[start:end]


def _fit(first: list[int], second: list[int], room: int, draw: Random) -> None:
    """Take pieces off the longer part, at its front or its back, until both together fit."""
    while len(first) + len(second) > room:
        longer = first if len(first) > len(second) else second
        longer.pop(0 if draw.random() < 0.5 else -1)
