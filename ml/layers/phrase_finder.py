"""A sequence tagger with its tables: learns where phrases stand in texts and finds them in others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.layers import forgetting, hidden_characters, spans
from ml.layers.character_tables import CharacterTables
from ml.layers.descent import DescentConfig, descend
from ml.layers.phrase_book import Entry
from ml.layers.phrase_lessons import PhraseLessons
from ml.layers.sequence_tagger import SequenceTagger, TaggerConfig
from ml.layers.spans import Phrase
from ml.layers.surroundings import Surroundings
from ml.layers.tokens import TokenTable
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Step

_BLOCK = 64  # texts at once
_OTHERS = "others."  # what the names of their weights begin with
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
    members: int = 1  # taggers that learn from different beginnings and speak as one
    around: bool = True  # n-grams around each character, and phrases known from other texts, speak for labels too


class PhraseFinder:
    """Texts -> phrases."""

    def __init__(
        self,
        model: SequenceTagger,
        tables: CharacterTables,
        labels: Sequence[str],
        longest: int,
        around: Surroundings | None = None,
        others: Sequence[SequenceTagger] = (),
    ) -> None:
        self.model, self.tables, self.labels, self.longest = model.eval(), tables, list(labels), longest
        self.around = around
        self.others = [other.eval() for other in others]
        self.legal = spans.legal(labels)

    @classmethod
    def of(cls, texts: Sequence[str], labels: Sequence[str], config: FinderConfig) -> Self:
        """A finder that has learned nothing yet, with rows for the characters of these texts."""
        tables = CharacterTables.count(texts, config.at_least)
        around = Surroundings.count(texts, labels, config.longest, config.at_least) if config.around else None
        shape = TaggerConfig(
            characters=len(tables.characters),
            bigrams=len(tables.bigrams),
            labels=len(labels),
            width=config.width,
            bigram_width=config.width,
            hidden=config.hidden,
            dropout=config.dropout,
            bert=config.bert,
            around=len(around) if around is not None else 0,
        )
        model, *others = (SequenceTagger(shape) for _ in range(config.members))
        return cls(model, tables, labels, config.longest, around, others)

    @property
    def members(self) -> list[SequenceTagger]:
        """All taggers; what they say of a label is averaged, and so are their transitions once they have learned."""
        return [self.model, *self.others]

    @classmethod
    def together(cls, finders: Sequence[Self]) -> Self:
        """Finders that learned from the same texts as one that asks them all."""
        first = finders[0]
        models = [deepcopy(model) for finder in finders for model in finder.members]
        found = cls(models[0], first.tables, first.labels, first.longest, first.around, models[1:])
        found._agree()
        return found

    def to(self, device: str) -> None:
        """Where it learns and reads."""
        for model in self.members:
            model.to(device)

    def read_ahead(self, texts: Sequence[str], batch: int, config: DescentConfig, step: Step) -> list[float]:
        """Let each BERT guess hidden characters of texts that need no labels; returns the loss of each step.

        ValueError for taggers without a BERT.
        """
        if self.model.bert is None:
            raise ValueError("only taggers with a bert read ahead: give FinderConfig its settings")
        groups, losses = list(_grouped(texts, batch)), []  # type: list[list[int]], list[float]

        def read(number: int) -> tuple[Tensor, Tensor]:
            device = self.model.head.weight.device
            characters, _, mask = self.tables.encode([texts[i] for i in groups[number]], self.longest)
            return characters.to(device), mask.to(device)

        for number, model in enumerate(self.members):
            own = replace(config, seed=config.seed + number)
            losses += hidden_characters.learn(model.bert, len(groups), read, own, step)
        return losses

    def learn(
        self,
        texts: Sequence[str],
        said: Sequence[Sequence[str]],
        batch: int,
        config: DescentConfig,
        step: Step,
        *,
        forget: float = 0.0,
        swap: float = 0.0,
    ) -> None:
        """`said`: a label for each character. A batch is texts of like length: the longest is what it costs.

        `forget`: share of the characters, and of the bigrams, that are shown as unknown, drawn anew each time; `swap`:
        share of the texts that are shown with other phrases of the same kinds than their own.
        """
        row = {label: number for number, label in enumerate(self.labels)}
        groups, lessons = list(_grouped(texts, batch)), PhraseLessons.of(texts, said)
        if self.around is not None:
            self.around = self.around.taught([lesson.own for lesson in lessons.lessons])

        def loss(model: SequenceTagger, rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            group = lessons.drawn(groups[rows[0]], swap, generator)
            inputs = self._encode([lesson.text for lesson in group], [lesson.own for lesson in group])
            inputs = forgetting.bookless(forgetting.forgetful(inputs, forget, generator), generator)
            target = torch.zeros(inputs[0].shape, dtype=torch.long)
            for place, lesson in enumerate(group):
                written = [row[label] for label in lesson.labels[: self.longest]]
                target[place, : len(written)] = torch.tensor(written)
            return model.loss(model(*inputs), target.to(inputs[0].device), inputs[2])

        for number, model in enumerate(self.members):
            descend(model, len(groups), partial(loss, model), replace(config, seed=config.seed + number), step)
        self._agree()

    @torch.no_grad()
    def _agree(self) -> None:
        """Give all taggers their mean transitions."""
        for same in zip(*(model.crf.parameters() for model in self.members), strict=True):
            mean = torch.stack(same).mean(dim=0)
            for parameter in same:
                parameter.copy_(mean)

    def find(self, texts: Sequence[str]) -> list[list[Scored]]:
        """Phrases of each text, in its order."""
        found: list[list[Scored]] = [[] for _ in texts]
        for group in _grouped(texts, _BLOCK):
            inputs = self._encode([texts[i] for i in group])
            with torch.no_grad():
                emissions = torch.stack([model(*inputs) for model in self.members]).mean(dim=0)
            paths = self.model.decode(emissions, inputs[2], self.legal)
            certain = self.model.marginals(emissions, inputs[2]).cpu()
            for place, (i, path) in enumerate(zip(group, paths, strict=True)):
                chosen = certain[place, range(len(path)), path].clamp(1e-6, 1)
                phrases = spans.read([self.labels[label] for label in path])
                found[i] = [(phrase, float(chosen[phrase.start : phrase.end].min())) for phrase in phrases]
        return found

    def _encode(self, texts: Sequence[str], own: Sequence[frozenset[Entry]] = ()) -> list[Tensor]:
        device = self.model.head.weight.device
        inputs = list(self.tables.encode(texts, self.longest))
        if self.around is not None:
            inputs.append(self.around.encode(texts, self.longest, own))
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
        if self.around is not None and former.around is not None:
            rows["around.weight"] = shared_rows(self.around.keys(), former.around.keys())
        for mine, its in zip(self.members, former.members, strict=False):  # there may be more or fewer now
            take_over(mine, its, rows)

    def state(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Settings and weights to keep."""
        config = {
            "model": asdict(self.model.config),
            "labels": self.labels,
            "longest": self.longest,
            "members": len(self.members),
            "characters": list(self.tables.characters.known),
            "bigrams": list(self.tables.bigrams.known),
        }
        weights = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        for number, model in enumerate(self.others):
            state = model.state_dict().items()
            weights |= {f"{_OTHERS}{number}.{name}": tensor.cpu().contiguous() for name, tensor in state}
        if self.around is not None:
            config |= self.around.settings()
            weights["around.hashes"] = torch.from_numpy(self.around.windows.hashes)
        return config, weights

    @classmethod
    def restored(cls, config: Mapping[str, Any], weights: dict[str, Tensor], device: str = "cpu") -> Self:
        """What `state` gave."""
        hashes = weights.pop("around.hashes", None)
        models = [SequenceTagger(TaggerConfig(**config["model"])).to(device) for _ in range(config.get("members", 1))]
        for number, model in enumerate(models):
            model.load_state_dict(_member(weights, number))
        around = Surroundings.restored(hashes, config) if hashes is not None else None
        tables = CharacterTables(*(TokenTable(tuple(config[name])) for name in ("characters", "bigrams")))
        return cls(models[0], tables, config["labels"], config["longest"], around, models[1:])


def _member(weights: Mapping[str, Tensor], number: int) -> dict[str, Tensor]:
    """Weights of one of several taggers; those of the first have bare names."""
    if not number:
        return {name: tensor for name, tensor in weights.items() if not name.startswith(_OTHERS)}
    begin = f"{_OTHERS}{number - 1}."
    return {name.removeprefix(begin): tensor for name, tensor in weights.items() if name.startswith(begin)}


def _keys(table: TokenTable) -> list[Any]:
    return list(table.known)


def _grouped(texts: Sequence[str], batch: int) -> Iterator[list[int]]:
    """Texts that are not empty, those of like length together."""
    order = sorted((i for i, text in enumerate(texts) if text), key=lambda i: len(texts[i]))
    for start in range(0, len(order), batch):
        yield order[start : start + batch]
