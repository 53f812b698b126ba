"""Recall by writing: a Transformer reads the video and writes the names of its tags, never anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from ml.layers import accelerator
from ml.layers.beam_search import BeamConfig, search, tags_of
from ml.layers.descent import DescentConfig, descend
from ml.layers.tag_generator import BEGIN, FINISH, PAD, SEPARATOR, SPECIAL, GeneratorConfig, TagGenerator
from ml.layers.tag_trie import Trie
from ml.layers.tokens import TokenTable, tokens
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Config, Step, TrainingSet, read_config, write_config
from ml.types import Array, Candidate, Features, Vocabulary

MODALITIES = ("frames", "sound")
MOST = 16  # frames and examples of sound that are read, evenly chosen
LONGEST = 64  # tokens of the text that are read
Read = tuple[Tensor, Tensor, dict[str, Tensor], dict[str, Tensor]]  # what `TagGenerator.encode` takes


@dataclass(frozen=True)
class GenerationSettings:
    """The stack's settings of this recaller."""

    dim: int = 128
    heads: int = 4
    layers: int = 2
    dropout: float = 0.1
    beams: int = 5
    names: int = 6  # tags that one beam writes at most
    epochs: int = 10
    least_steps: int = 200
    batch: int = 32
    rate: float = 2e-3
    seed: int = 0


class GenerationRecaller:
    """Proposes every tag that one of the best ways of writing contains."""

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False

    def __init__(
        self, vocabulary: Vocabulary, model: TagGenerator, tables: tuple[TokenTable, TokenTable], beam: BeamConfig
    ) -> None:
        self.vocabulary, self.model, self.beam = vocabulary, model.eval(), beam
        self.texts, self.written = tables  # tokens that are read, tokens that names are written with
        names = [self._name(tag.name) if tag.assignable else [] for tag in vocabulary]
        self.trie = Trie([name if len(name) <= beam.longest // 2 else [] for name in names])

    def _name(self, name: str) -> list[int]:
        # The table counts its own padding and unknown token; a name with an unknown token cannot be written.
        rows = [self.written.row.get(token) for token in tokens(name)]
        return [] if None in rows else [row - 2 + SPECIAL for row in rows if row is not None]

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Tokens and names that came since begin anew, all others go on from `warm`."""
        settings = GenerationSettings(**config)
        torch.manual_seed(settings.seed)
        texts = TokenTable.count([tokens(item.video.text()) for item in data.features], at_least=2)
        written = TokenTable.count([tokens(tag.name) for tag in data.vocabulary])
        found = {name: [rows for f in data.features if (rows := getattr(f, name)) is not None] for name in MODALITIES}
        widths = {name: rows[0].shape[1] for name, rows in found.items() if rows}
        shape = GeneratorConfig(
            len(texts), len(written) - 2 + SPECIAL, widths, settings.dim, settings.heads, settings.layers,
            settings.dropout,
        )  # fmt: skip
        beam = BeamConfig(settings.beams, names=settings.names)
        recaller = cls(data.vocabulary, TagGenerator(shape), (texts, written), beam)
        if warm is not None:
            recaller._take_over(warm)
        recaller._learn(data, settings, step)
        return recaller

    def _take_over(self, warm: Self) -> None:
        ours, theirs = _keys(self), _keys(warm)
        take_over(self.model, warm.model, {name: shared_rows(ours[name], theirs[name]) for name in ours})

    def _learn(self, data: TrainingSet, settings: GenerationSettings, step: Step) -> None:
        self.model.to(accelerator.name())
        column = self.vocabulary.column
        names = {t.id: self._name(t.name) for t in self.vocabulary}
        said = [[names[tag] for tag in sorted(tags) if tag in column and names[tag]] for tags in data.tags]
        usable = np.flatnonzero([bool(tags) for tags in said])

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            chosen = usable[rows]
            # A new order each time: a set has none, and one that is always the same would be learned with it.
            orders = [torch.randperm(len(said[i]), generator=generator).tolist() for i in chosen]
            written = [_sequence([said[i][n] for n in order]) for i, order in zip(chosen, orders, strict=True)]
            target = torch.full((len(written), max(map(len, written))), PAD)
            for place, sequence in enumerate(written):
                target[place, : len(sequence)] = torch.tensor(sequence)
            longest = self.model.config.longest
            read = self._read([data.features[i] for i in chosen])
            return self.model.loss(target[:, :longest].to(read[0].device), *self.model.encode(*read))

        descent = DescentConfig(
            settings.epochs, settings.least_steps, settings.batch, settings.rate, 1e-2, settings.seed
        )
        descend(self.model, len(usable), loss, descent, step)

    def _read(self, features: Sequence[Features]) -> Read:
        device = self.model.write.weight.device
        texts, mask = self.texts.encode([tokens(item.video.text()) for item in features], LONGEST)
        frames, masks = {}, {}
        for name, width in self.model.config.widths.items():
            rows = np.zeros((len(features), MOST, width), np.float32)
            there = np.zeros((len(features), MOST), bool)
            for i, item in enumerate(features):
                chosen = _evenly(getattr(item, name), width)
                rows[i, : len(chosen)], there[i, : len(chosen)] = chosen, True
            frames[name], masks[name] = torch.from_numpy(rows).to(device), torch.from_numpy(there).to(device)
        return texts.to(device), mask.to(device), frames, masks

    @torch.inference_mode()
    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = geometric mean of the probabilities of the tag's tokens, in the beam that is surest of it."""
        answers = []
        for item in features:
            memory, mask = self.model.encode(*self._read([item]))

            def following(written: NDArray[np.int64], memory: Tensor = memory, mask: Tensor = mask) -> NDArray[Any]:
                beams = torch.from_numpy(written).to(memory.device)
                logits = self.model.decode(beams, memory.expand(len(beams), -1, -1), mask.expand(len(beams), -1))
                scores: NDArray[Any] = torch.log_softmax(logits[:, -1].double(), dim=-1).cpu().numpy()
                return scores

            found = tags_of(search(following, self.trie, self.beam), self.trie)
            best = sorted(found, key=lambda column: (-found[column], column))[:k]
            answers.append([Candidate(self.vocabulary.tags[c].id, float(np.exp(found[c]))) for c in best])
        return answers

    def save(self, folder: Path) -> None:
        config = {"model": asdict(self.model.config), "beam": asdict(self.beam)}
        known = {"texts": list(self.texts.known), "written": list(self.written.known)}
        write_config(folder, config | known)
        state = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        save_file(state, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config: Mapping[str, Any] = read_config(folder)
        model = TagGenerator(GeneratorConfig(**config["model"]))
        model.load_state_dict(load_file(folder / "model.safetensors"))
        tables = (TokenTable(tuple(config["texts"])), TokenTable(tuple(config["written"])))
        return cls(vocabulary, model.to(device), tables, BeamConfig(**config["beam"]))


def _keys(recaller: GenerationRecaller) -> dict[str, list[Any]]:
    """What the rows of each table stand for."""
    special = [*range(SPECIAL)]
    return {
        "read.weight": [*range(2), *recaller.texts.known],  # padding and the unknown token go first
        "write.weight": [*special, *recaller.written.known],
        "kind.weight": ["text", *sorted(recaller.model.config.widths)],
    }


def _sequence(names: Sequence[Sequence[int]]) -> list[int]:
    return [BEGIN, *(token for name in names for token in (*name, SEPARATOR)), FINISH]


def _evenly(rows: Array | None, width: int) -> Array:
    if rows is None or not len(rows) or rows.shape[1] != width:
        return np.zeros((0, width), np.float32)
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(MOST, len(rows))).round().astype(int))]
