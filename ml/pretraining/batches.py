"""Batches of masked pairs, each a pure function of the corpus, the seed and the number of the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.pretraining import sentence_order
from ml.pretraining.corpus import Corpus
from ml.pretraining.masking import NO_TARGET, Mask
from ml.pretraining.sentence_order import Pair

SPECIAL_PLACES = 3  # [CLS] and two [SEP]


@dataclass(frozen=True)
class Batch:
    """All (texts, length) but `order` (texts,)."""

    pieces: Tensor
    mask: Tensor  # bool, False at padding
    parts: Tensor  # 0 up to the first [SEP], 1 behind it
    targets: Tensor  # the hidden pieces, -100 elsewhere
    order: Tensor  # 0 as written, 1 swapped, -100 unknown

    def to(self, device: str) -> Batch:
        return Batch(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Batches:
    """Pairs and masks are drawn anew whenever a text comes round; the original stored forty copies of each."""

    corpus: Corpus
    documents: NDArray[np.int64]  # of the corpus, those to draw from
    mask: Mask
    cls: int
    sep: int
    pad: int
    longest: int  # pieces of a sequence, special ones included
    size: int
    seed: int

    @property
    def an_epoch(self) -> int:
        """Steps until every text was seen."""
        return max(1, -(-len(self.documents) // self.size))

    def at(self, step: int) -> Batch:
        """Batch of a step: the same whenever it is asked for, so a training that goes on sees what it would have."""
        epoch, place = divmod(step, self.an_epoch)
        order = np.random.default_rng([self.seed, epoch]).permutation(self.documents)
        chosen = order[place * self.size : (place + 1) * self.size].tolist()
        return self.collate([self._one(document, Random(f"{self.seed} {epoch} {document}")) for document in chosen])

    def _one(self, document: int, draw: Random) -> tuple[Pair, Sequence[int], Sequence[int]]:
        units = self.corpus.document(document)
        pair = sentence_order.drawn(units, self.longest - SPECIAL_PLACES, self.mask.continues, draw)
        return pair, *self.mask.apply(self.sequence(pair), draw)

    def sequence(self, pair: Pair) -> list[int]:
        """[CLS] first [SEP] second [SEP]; without a second part [CLS] first [SEP]."""
        end = [*pair.second, self.sep] if pair.second else []
        return [self.cls, *pair.first, self.sep, *end]

    def collate(self, rows: Sequence[tuple[Pair, Sequence[int], Sequence[int]]]) -> Batch:
        length = max(len(shown) for _, shown, _ in rows)
        pieces = np.full((len(rows), length), self.pad, np.int64)
        targets = np.full((len(rows), length), NO_TARGET, np.int64)
        mask, parts = np.zeros((len(rows), length), bool), np.zeros((len(rows), length), np.int64)
        for i, (pair, shown, hidden) in enumerate(rows):
            pieces[i, : len(shown)], targets[i, : len(shown)], mask[i, : len(shown)] = shown, hidden, True
            parts[i, len(pair.first) + 2 : len(shown)] = 1
        order = np.array([pair.order for pair, _, _ in rows], np.int64)
        return Batch(*map(torch.from_numpy, (pieces, mask, parts, targets, order)))
