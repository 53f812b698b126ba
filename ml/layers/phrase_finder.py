"""A sequence tagger with its tables: learns where phrases stand in texts and finds them in others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.layers import spans
from ml.layers.character_tables import CharacterTables
from ml.layers.descent import DescentConfig, descend
from ml.layers.sequence_tagger import SequenceTagger, TaggerConfig
from ml.layers.spans import Phrase
from ml.layers.tokens import UNKNOWN, TokenTable
from ml.layers.warm_start import shared_rows, take_over
from ml.layers.window_grams import WindowTable
from ml.parts import Step

_BLOCK = 64  # texts at once
Scored = tuple[Phrase, float]  # a phrase and the probability of its least certain character


@dataclass(frozen=True)
class FinderConfig:
    """With `bert` (settings of transformers' BertConfig) a BERT reads the characters before the LSTM."""

    bert: Mapping[str, Any] | None = None
    width: int = 100
    hidden: int = 128
    dropout: float = 0.5
    at_least: int = 2  # occurrences of a character or bigram that gets a row; what is rarer teaches the unknown one
    longest: int = 256  # characters of a text that are read
    windows: bool = True  # n-grams around each character speak for labels too


class PhraseFinder:
    """Texts -> phrases."""

    def __init__(
        self,
        model: SequenceTagger,
        tables: CharacterTables,
        labels: Sequence[str],
        longest: int,
        windows: WindowTable | None = None,
    ) -> None:
        self.model, self.tables, self.labels, self.longest = model.eval(), tables, list(labels), longest
        self.windows = windows
        self.legal = spans.legal(labels)

    @classmethod
    def of(cls, texts: Sequence[str], labels: Sequence[str], config: FinderConfig) -> Self:
        """A finder that has learned nothing yet, with rows for the characters of these texts."""
        tables = CharacterTables.count(texts, config.at_least)
        windows = WindowTable.count(texts, config.longest, config.at_least) if config.windows else None
        shape = TaggerConfig(
            characters=len(tables.characters),
            bigrams=len(tables.bigrams),
            labels=len(labels),
            width=config.width,
            bigram_width=config.width,
            hidden=config.hidden,
            dropout=config.dropout,
            bert=config.bert,
            grams=len(windows) if windows is not None else 0,
        )
        return cls(SequenceTagger(shape), tables, labels, config.longest, windows)

    def learn(
        self,
        texts: Sequence[str],
        said: Sequence[Sequence[str]],
        batch: int,
        config: DescentConfig,
        step: Step,
        *,
        forget: float = 0.0,
    ) -> None:
        """`said`: a label for each character. A batch is texts of like length: the longest is what it costs.

        `forget`: share of the characters, and of the bigrams, that are shown as unknown, drawn anew each time.
        """
        row = {label: number for number, label in enumerate(self.labels)}
        groups = list(_grouped(texts, batch))

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            group = groups[rows[0]]
            inputs = _forgetful(self._encode([texts[i] for i in group]), forget, generator)
            target = torch.zeros(inputs[0].shape, dtype=torch.long)
            for place, i in enumerate(group):
                written = [row[label] for label in said[i][: self.longest]]
                target[place, : len(written)] = torch.tensor(written)
            return self.model.loss(self.model(*inputs), target.to(inputs[0].device), inputs[2])

        descend(self.model, len(groups), loss, config, step)

    def find(self, texts: Sequence[str]) -> list[list[Scored]]:
        """Phrases of each text, in its order."""
        found: list[list[Scored]] = [[] for _ in texts]
        for group in _grouped(texts, _BLOCK):
            inputs = self._encode([texts[i] for i in group])
            with torch.no_grad():
                emissions = self.model(*inputs)
            paths = self.model.decode(emissions, inputs[2], self.legal)
            certain = self.model.marginals(emissions, inputs[2]).cpu()
            for place, (i, path) in enumerate(zip(group, paths, strict=True)):
                chosen = certain[place, range(len(path)), path].clamp(1e-6, 1)
                phrases = spans.read([self.labels[label] for label in path])
                found[i] = [(phrase, float(chosen[phrase.start : phrase.end].min())) for phrase in phrases]
        return found

    def _encode(self, texts: Sequence[str]) -> list[Tensor]:
        device = self.model.head.weight.device
        inputs = list(self.tables.encode(texts, self.longest))
        if self.windows is not None:
            inputs.append(self.windows.encode(texts, self.longest))
        return [tensor.to(device) for tensor in inputs]

    def take_over(self, former: PhraseFinder) -> None:
        """Go on from a former finder of the same labels."""
        if self.labels != former.labels:
            return
        ours, theirs = self.tables, former.tables
        characters = shared_rows(list(range(2)) + _keys(ours.characters), list(range(2)) + _keys(theirs.characters))
        bigrams = shared_rows(list(range(2)) + _keys(ours.bigrams), list(range(2)) + _keys(theirs.bigrams))
        names = ("embed.weight", "bert.embeddings.word_embeddings.weight")
        rows = dict.fromkeys(names, characters) | {"bigrams.weight": bigrams}
        if self.windows is not None and former.windows is not None:
            rows["grams.weight"] = shared_rows(
                *([0, *table.hashes.tolist()] for table in (self.windows, former.windows))
            )
        take_over(self.model, former.model, rows)

    def state(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Settings and weights to keep."""
        config = {
            "model": asdict(self.model.config),
            "labels": self.labels,
            "longest": self.longest,
            "characters": list(self.tables.characters.known),
            "bigrams": list(self.tables.bigrams.known),
        }
        weights = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        if self.windows is not None:
            weights["windows.hashes"] = torch.from_numpy(self.windows.hashes)
        return config, weights

    @classmethod
    def restored(cls, config: Mapping[str, Any], weights: dict[str, Tensor], device: str = "cpu") -> Self:
        """What `state` gave."""
        model = SequenceTagger(TaggerConfig(**config["model"]))
        hashes = weights.pop("windows.hashes", None)
        model.load_state_dict(weights)
        windows = WindowTable(hashes.numpy()) if hashes is not None else None
        tables = CharacterTables(*(TokenTable(tuple(config[name])) for name in ("characters", "bigrams")))
        return cls(model.to(device), tables, config["labels"], config["longest"], windows)


def _forgetful(inputs: list[Tensor], share: float, generator: torch.Generator) -> list[Tensor]:
    characters, bigrams, mask, *rest = inputs
    if not share:
        return inputs
    shown = []
    for rows in (characters, bigrams):
        lost = (torch.rand(rows.shape, generator=generator) < share).to(rows.device) & mask
        shown.append(rows.masked_fill(lost, UNKNOWN))
    return [*shown, mask, *rest]


def _keys(table: TokenTable) -> list[Any]:
    return list(table.known)


def _rows(table: WindowTable) -> list[int]:
    return [0, *table.hashes.tolist()]


def _grouped(texts: Sequence[str], batch: int) -> Iterator[list[int]]:
    """Texts that are not empty, those of like length together."""
    order = sorted((i for i, text in enumerate(texts) if text), key=lambda i: len(texts[i]))
    for start in range(0, len(order), batch):
        yield order[start : start + batch]
