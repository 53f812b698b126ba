"""Recall of the program a clip comes from: the show, the film, the match that is longer than the clip."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from ml.layers.descent import DescentConfig
from ml.layers.program_scale import WITNESSES, Scale
from ml.layers.program_space import ProgramSpace, SpaceConfig
from ml.parts import Config, Step, TrainingSet, read_config, silent, write_config
from ml.recall.mentions import MentionRecaller
from ml.types import CONTEXT_FIELDS, TEXT_FIELDS, Array, Candidate, Evidence, Features, Span, Vocabulary

SHOWN = 5  # similar clips named as evidence

Spans = Mapping[int, tuple[Span, ...]]


@dataclass(frozen=True)
class ProgramSettings:
    """The stack's settings of this recaller."""

    dim: int = 64
    dropout: float = 0.3
    fusion: str = "low_rank"
    margin: str = "cosface"
    centres: int = 2
    modality_dropout: float = 0.15
    neighbours: int = 10
    precision: float = 0.95  # of the first program named; where it is not reached, the program is unknown
    held_out: float = 0.2  # of the programs, which are unknown then, and of the clips of the others: to weigh by
    epochs: int = 10
    least_steps: int = 200
    batch: int = 64
    rate: float = 5e-3
    seed: int = 0


class ProgramRecaller:
    """Witnesses are weighed: a learned space of programs and its nearest clips, the program's names in the text and in
    the clip's context, what its uploader has brought before, how near its most similar clip really is, and what a
    linear machine says of its words. A clip of no known program gets no candidate.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False

    def __init__(
        self, vocabulary: Vocabulary, space: ProgramSpace | None, uploads: Mapping[str, Mapping[int, int]], **kw: Any
    ) -> None:
        self.vocabulary, self.space = vocabulary, space
        self.programs: list[int] = kw["programs"]  # tag of each class of the space
        self.uploads = {name: dict(counts) for name, counts in uploads.items()}  # uploader -> program -> clips
        self.neighbours: int = kw["neighbours"]
        self.scale: Scale = kw.get("scale", Scale())
        kept = tuple(tag for tag in vocabulary if tag.kind == "program" and tag.assignable)
        self.known = [tag.id for tag in kept]
        self.place = {tag: i for i, tag in enumerate(self.known)}
        self.names = MentionRecaller(Vocabulary(kept))

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Once with some clips and programs held out, to weigh the witnesses; then with all."""
        settings = ProgramSettings(**config)
        shown, hidden = _split(data, settings)
        scale = Scale()
        if len(hidden):
            scale = cls._taught(data.subset(shown), settings, silent, None)._weighed(data.subset(hidden), settings)
        recaller = cls._taught(data, settings, step, warm)
        recaller.scale = scale
        return recaller

    @classmethod
    def _taught(cls, data: TrainingSet, settings: ProgramSettings, step: Step, warm: Self | None) -> Self:
        told = _labels(data)
        programs = sorted({program for _, program in told})
        uploads: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for row, program in told:
            uploads[data.features[row].video.uploader][program] += 1
        uploads.pop("", None)
        space = None
        if programs:
            torch.manual_seed(settings.seed)
            clips = [data.features[row] for row, _ in told]
            place = {program: i for i, program in enumerate(programs)}
            labels = np.array([place[program] for _, program in told], dtype=np.int64)
            shape = SpaceConfig(settings.dim, settings.dropout, settings.fusion, settings.margin)
            space = ProgramSpace.of(clips, len(programs), replace(shape, centres=settings.centres))
            if warm is not None and warm.space is not None:
                space.take_over(warm.space, (programs, warm.programs))
            descent = DescentConfig(
                settings.epochs, settings.least_steps, settings.batch, settings.rate, seed=settings.seed
            )
            space.learn(clips, labels, settings.modality_dropout, descent, step)
        else:
            step(1, 1, None)
        return cls(data.vocabulary, space, uploads, programs=programs, neighbours=settings.neighbours)

    def _weighed(self, held: TrainingSet, settings: ProgramSettings) -> Scale:
        """The weights that tell true programs from others on clips that were not learned from.

        Programs that were held out are as if nobody had a name for them: their clips ought to be of no program.
        """
        witnesses, *_ = self.witnesses(held.features)
        seen = np.isin(self.known, self.programs)
        witnesses[:, ~seen] = 0.0
        true = np.zeros(witnesses.shape[:2], bool)
        for row, program in _labels(held):
            true[row, self.place[program]] = seen[self.place[program]]
        return Scale.of(witnesses, true, settings.precision)

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = probability; programs below the threshold that gives the wanted precision are left out."""
        if not self.known or not features:
            return [[] for _ in features]
        witnesses, spans, near = self.witnesses(features)
        scores = self.scale.probability(witnesses)
        scores[~witnesses.any(axis=-1) | (scores < self.scale.least)] = 0.0
        answers = []
        for row, mine in enumerate(scores):
            best = [int(i) for i in np.argsort(-mine, kind="stable")[:k] if mine[i] > 0]
            answers.append([self._candidate(self.known[i], float(mine[i]), spans[row], near[row]) for i in best])
        return answers

    def _candidate(self, program: int, score: float, spans: Spans, near: NDArray[np.int64]) -> Candidate:
        clips: list[int] = []
        if self.space is not None and program in self.programs:
            mine = [row for row in near.tolist() if row >= 0 and self.programs[self.space.labels[row]] == program]
            clips = list(dict.fromkeys(int(self.space.clips[row]) for row in mine))[:SHOWN]
        return Candidate(program, score, Evidence(spans=spans.get(program, ()), similar=tuple(clips)))

    def witnesses(self, features: Sequence[Features]) -> tuple[Array, list[Spans], NDArray[np.int64]]:
        """(clips, programs, witnesses), the words of each program in each clip, and the rows of the nearest clips."""
        found = np.zeros((len(features), len(self.known), len(WITNESSES)), np.float32)
        near = np.zeros((len(features), 0), np.int64)
        if self.space is not None:
            embedded = self.space.embed(features)
            own = np.array([item.video.id for item in features], dtype=np.int64)
            shares, near = self.space.votes(embedded, own, self.neighbours)
            columns = [self.place[program] for program in self.programs if program in self.place]
            classes = [i for i, program in enumerate(self.programs) if program in self.place]
            found[:, columns, 0] = np.maximum(self.space.likeness(embedded)[:, classes], 0.0)
            found[:, columns, 1] = shares[:, classes]
            for place, likeness in zip((5, 6, 7), self.space.alike(features), strict=True):
                found[:, columns, place] = likeness[:, classes]
        spans = [self._told(item, found[row]) for row, item in enumerate(features)]
        return found, spans, near

    def _told(self, item: Features, found: Array) -> Spans:
        """Fill in what words and context say; where the words are."""
        spans: defaultdict[int, list[Span]] = defaultdict(list)
        for place, fields in ((2, TEXT_FIELDS), (3, ("program",))):
            for field in fields:
                for start, end, tags in self.names.find(getattr(item.video, field)):
                    for tag in tags:
                        spans[tag].append(Span(field, start, end))
                        found[self.place[tag], place] = max(found[self.place[tag], place], 1 / len(tags))
        uploads = self.uploads.get(item.video.uploader, {})
        total = sum(uploads.values())
        for program, count in uploads.items():
            if program in self.place:
                found[self.place[program], 4] = count / (total + 1)
                spans[program].append(Span(CONTEXT_FIELDS[0], 0, len(item.video.uploader)))
        return {tag: tuple(words) for tag, words in spans.items()}

    def save(self, folder: Path) -> None:
        """The space by class, the classes by tag."""
        config: dict[str, Any] = {"programs": self.programs, "neighbours": self.neighbours}
        config |= {"scale": asdict(self.scale), "uploads": {n: list(c.items()) for n, c in self.uploads.items()}}
        if self.space is None:
            write_config(folder, config)
            return
        settings, tensors = self.space.state()
        write_config(folder, config | {"space": settings})
        save_file(tensors, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config, space = read_config(folder), None
        if "space" in config:
            space = ProgramSpace.restored(config["space"], load_file(folder / "model.safetensors"), device)
        scale = Scale.restored(config["scale"])
        uploads = {name: dict(counts) for name, counts in config["uploads"].items()}
        kept = {"programs": config["programs"], "neighbours": config["neighbours"], "scale": scale}
        return cls(vocabulary, space, uploads, **kept)


def _labels(data: TrainingSet) -> list[tuple[int, int]]:
    """Row and program of each clip that is of one; a clip of two programs counts for both."""
    programs = {tag.id for tag in data.vocabulary if tag.kind == "program" and tag.assignable}
    return [(row, tag) for row, tags in enumerate(data.tags) for tag in sorted(tags & programs)]


def _split(data: TrainingSet, settings: ProgramSettings) -> tuple[list[int], list[int]]:
    """Rows to learn from and rows to weigh by; among those all clips of some programs, which are unknown then."""
    told = _labels(data)
    programs = sorted({program for _, program in told})
    draw = np.random.default_rng(settings.seed)
    unseen = set(draw.permutation(programs)[: int(len(programs) * settings.held_out)].tolist())
    chosen = draw.random(len(data)) < settings.held_out
    chosen[[row for row, program in told if program in unseen]] = True
    hidden = np.flatnonzero(chosen).tolist() if told else []
    return np.flatnonzero(~chosen).tolist(), hidden
