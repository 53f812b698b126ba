"""Hiding whole words, up to three in a row, for the network to guess (Devlin et al. 2018; Lan et al. 2019, 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

NO_TARGET = -100


class Masked(NamedTuple):
    """What the network reads, and what stood at the places it has to guess (-100 elsewhere)."""

    pieces: list[int]
    targets: list[int]


@dataclass(frozen=True)
class Mask:
    """How much is hidden, and by what. Words in a row: 1, 2, 3 with probability 6/11, 3/11, 2/11 (as 1/n)."""

    number: int  # of the piece [MASK]
    pieces: range  # what a place may be filled with at random
    fixed: frozenset[int]  # [CLS], [SEP]: never hidden
    continues: Callable[[int], bool]
    share: float = 0.15
    most: int = 20

    def apply(self, pieces: Sequence[int], draw: Random) -> Masked:
        """Hide min(20, max(1, round(0.15 n))) of n pieces, or less where only longer words are left."""
        chosen = self._chosen(pieces, min(self.most, max(1, round(self.share * len(pieces)))), draw)
        shown, targets = list(pieces), [NO_TARGET] * len(pieces)
        for place in chosen:
            targets[place] = pieces[place]
            shown[place] = self._shown(pieces[place], draw)
        return Masked(shown, targets)

    def _chosen(self, pieces: Sequence[int], wanted: int, draw: Random) -> set[int]:
        words = self._words(pieces)
        starts = list(range(len(words)))
        draw.shuffle(starts)
        chosen: set[int] = set()
        for start in starts:
            if len(chosen) >= wanted:
                break
            count = words_in_a_row(draw)
            while count:  # fewer words where so many would be too much
                row = [place for word in words[start : start + count] for place in word]
                if len(chosen) + len(row) <= wanted and chosen.isdisjoint(row):
                    chosen.update(row)
                    break
                count -= 1
        return chosen

    def _words(self, pieces: Sequence[int]) -> list[list[int]]:
        """Places of each word, in order; what must not be hidden is no word."""
        words: list[list[int]] = []
        for place, piece in enumerate(pieces):
            if piece in self.fixed:
                continue
            if words and words[-1][-1] == place - 1 and self.continues(piece):
                words[-1].append(place)
            else:
                words.append([place])
        return words

    def _shown(self, piece: int, draw: Random) -> int:
        """[MASK] eight times of ten, once any other piece, once the piece itself."""
        chance = draw.random()
        if chance < 0.8:
            return self.number
        return draw.choice(self.pieces) if chance < 0.9 else piece


def words_in_a_row(draw: Random) -> int:
    """1, 2 or 3 with a probability proportional to 1/n."""
    chance = draw.random() * 11
    return 1 if chance < 6 else 2 if chance < 9 else 3
