"""Recall by extraction: a (BERT-)BiLSTM-CRF finds phrases in the text; known names are tags, the rest are news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from safetensors.torch import load_file, save_file

from ml.layers import accelerator, spans
from ml.layers.descent import DescentConfig
from ml.layers.phrase_finder import FinderConfig, PhraseFinder
from ml.layers.spans import Phrase
from ml.parts import Config, Step, TrainingSet, read_config, write_config
from ml.recall.mentions import MentionRecaller
from ml.types import TEXT_FIELDS, Candidate, Evidence, Features, FoundPhrase, Span, Vocabulary


@dataclass(frozen=True)
class ExtractionSettings:
    """The stack's settings of this recaller."""

    bert: Mapping[str, Any] | None = None
    width: int = 64
    hidden: int = 64
    dropout: float = 0.4
    longest: int = 128  # characters of a field that are read
    members: int = 1  # taggers that speak as one: each costs as much as the first
    around: bool = True  # n-grams around each character, and phrases of other videos, speak for phrases too
    swap: float = 0.5  # share of the texts that are shown with other phrases of the same kinds in place of their own
    ahead: int = 0  # with bert: epochs of guessing hidden characters of all texts, before phrases are learned
    epochs: int = 6
    least_steps: int = 200
    batch: int = 16
    rate: float = 4e-3
    seed: int = 0


class ExtractionRecaller:
    """Learns from the reviewed videos whose tags stand in their text; evidence is the words."""

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False

    def __init__(self, vocabulary: Vocabulary, finder: PhraseFinder, taught: int) -> None:
        self.vocabulary, self.finder = vocabulary, finder
        self.taught = taught  # phrases that it learned from
        self.names = MentionRecaller(vocabulary)
        # A batch is asked about twice, for tags and for news, and read once.
        self._read: tuple[Sequence[Features], list[list[FoundPhrase]]] = ((), [])

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        settings = ExtractionSettings(**config)
        torch.manual_seed(settings.seed)
        texts, said = taught_texts(data, settings.longest)
        labels = spans.labels_of(sorted({tag.kind for tag in data.vocabulary}))
        shape = FinderConfig(
            settings.bert,
            settings.width,
            settings.hidden,
            settings.dropout,
            longest=settings.longest,
            members=settings.members,
            around=settings.around,
        )
        finder = PhraseFinder.of(texts, labels, shape)
        finder.to(accelerator.name())
        if warm is not None:
            finder.take_over(warm.finder)
        taught = sum(map(len, said))
        if taught and settings.bert and settings.ahead and warm is None:
            ahead = DescentConfig(settings.ahead, 1, 1, settings.rate, 1e-2, settings.seed)
            finder.read_ahead(_all_texts(data, settings.longest), settings.batch, ahead, step)
        descent = DescentConfig(settings.epochs, settings.least_steps, 1, settings.rate, 1e-4, settings.seed)
        written = [spans.write(phrases, len(text)) for phrases, text in zip(said, texts, strict=True)]
        finder.learn(*((texts, written) if taught else ([], [])), settings.batch, descent, step, swap=settings.swap)
        return cls(data.vocabulary, finder, taught)

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score of a tag's most certain phrase, over the number of tags that share the name."""
        answers = []
        self._read = features, self.phrases(features)
        for phrases in self._read[1]:
            best: dict[int, float] = {}
            where: dict[int, list[Span]] = {}
            for phrase in phrases:
                for tag in phrase.tags:
                    best[tag] = max(best.get(tag, 0.0), phrase.score / len(phrase.tags))
                    where.setdefault(tag, []).append(phrase.span)
            order = sorted(best, key=lambda tag: (-best[tag], self.vocabulary.column[tag]))[:k]
            answers.append([Candidate(tag, best[tag], Evidence(spans=tuple(where[tag]))) for tag in order])
        return answers

    def unknown_phrases(self, features: Sequence[Features]) -> list[list[FoundPhrase]]:
        """Phrases of each video that no tag is called by: for the taxonomy's editors, never candidates."""
        batch, read = self._read
        self._read = (), []
        read = read if batch is features else self.phrases(features)
        return [[phrase for phrase in phrases if not phrase.tags] for phrases in read]

    def phrases(self, features: Sequence[Features]) -> list[list[FoundPhrase]]:
        """All phrases of each video, field by field."""
        found: list[list[FoundPhrase]] = [[] for _ in features]
        if not self.taught:  # a network that was shown nothing would only guess
            return found
        fields = [(i, name, getattr(item.video, name)) for i, item in enumerate(features) for name in TEXT_FIELDS]
        parts = self.finder.find([text for _, _, text in fields])
        for (i, name, text), phrases in zip(fields, parts, strict=True):
            found[i] += [self._found(name, text, phrase, score) for phrase, score in phrases]
        return found

    def _found(self, field: str, text: str, phrase: Phrase, score: float) -> FoundPhrase:
        words = text[phrase.start : phrase.end]
        named = [tags for start, end, tags in self.names.find(words) if (start, end) == (0, len(words))]
        return FoundPhrase(Span(field, phrase.start, phrase.end), words, phrase.kind, score, named[0] if named else ())

    def save(self, folder: Path) -> None:
        config, weights = self.finder.state()
        write_config(folder, config | {"taught": self.taught})
        save_file(weights, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config = read_config(folder)
        finder = PhraseFinder.restored(config, load_file(folder / "model.safetensors"), device)
        return cls(vocabulary, finder, config["taught"])


def _all_texts(data: TrainingSet, longest: int) -> list[str]:
    return [getattr(item.video, name)[:longest] for item in data.features for name in TEXT_FIELDS]


def taught_texts(data: TrainingSet, longest: int) -> tuple[list[str], list[list[Phrase]]]:
    """Texts of the videos and the phrases in them that name a said tag; what names an unsaid one is no phrase there.

    Of fields without a phrase only as many are kept as there are with one, or a network would learn to say nothing.
    """
    names = MentionRecaller(data.vocabulary)
    kind = {tag.id: tag.kind for tag in data.vocabulary}
    named: list[tuple[str, list[Phrase]]] = []
    silent: list[tuple[str, list[Phrase]]] = []
    for item, tags in zip(data.features, data.tags, strict=True):
        for name in TEXT_FIELDS:
            text = getattr(item.video, name)[:longest]
            mentions = [(start, end, said) for start, end, all_ in names.find(text) if (said := tags & set(all_))]
            phrases = [Phrase(start, end, kind[min(said)]) for start, end, said in mentions]
            if text:
                (named if phrases else silent).append((text, phrases))
    kept = [*named, *silent[: max(len(named), 1)]]
    return [text for text, _ in kept], [phrases for _, phrases in kept]
