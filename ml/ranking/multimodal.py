"""Ranking by a multimodal BERT over the few candidates that a cheap first scorer leaves (iQIYI's ranker)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from ml.layers import accelerator
from ml.layers.descent import DescentConfig, descend
from ml.layers.multimodal_bert import MultimodalBert, MultimodalConfig, Sentences, TagWords, ranking_loss
from ml.layers.sequences import Streams, sequence_widths
from ml.layers.warm_start import shared_rows, take_over
from ml.layers.wording import Wording
from ml.parts import Config, Step, TrainingSet, read_config, write_config
from ml.ranking.candidates import CandidatePool
from ml.ranking.first_scorer import FirstScorer
from ml.ranking.shortlist import Shortlist
from ml.types import Array, Features, Vocabulary

_BLOCK = 64  # videos at once
_FIRST = "first."  # tensors of the first scorer
_ELSEWHERE = {"_name_or_path", "architectures", "dtype", "transformers_version"}  # says where a model came from
_NAME = 12  # tokens of a tag's name
_SMALL = {
    "model_type": "bert",
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "max_position_embeddings": 128,
}


@dataclass(frozen=True)
class MultimodalSettings:
    """The stack's settings of this ranker."""

    weights: str | None = None  # folder of a pretrained BERT or ALBERT, with its tokenizer.json; None: from scratch
    bert: Mapping[str, Any] = field(default_factory=lambda: dict(_SMALL))  # of one from scratch
    candidates: int = 16  # of each video, the best of the first scorer, that are read with the video
    title: int = 32  # tokens that are read
    rest: int = 32  # of description and cover text together
    most: int = 8  # frames, and examples of sound, that are read
    doubt: float = 1.0  # weight of a candidate that nobody spoke of
    hidden: int = 64
    dropout: float = 0.1
    modality_dropout: float = 0.1
    epochs: int = 4
    least_steps: int = 200
    batch: int = 32
    rate: float = 1e-3
    seed: int = 0


class MultimodalRanker:
    """logit = the first scorer's + what the network adds; candidates further down keep the first scorer's alone."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        model: MultimodalBert,
        wording: Wording,
        first: FirstScorer,
        lengths: tuple[int, int, int, int],
        device: str = "cpu",
    ) -> None:
        self.vocabulary, self.wording, self.first, self.device = vocabulary, wording, first, device
        self.candidates, self.title, self.rest, self.most = self.lengths = lengths
        self.model = model.to(device).eval()

    @classmethod
    def train(
        cls, data: TrainingSet, pool: CandidatePool, config: Config, *, step: Step, warm: Self | None = None
    ) -> Self:
        settings = MultimodalSettings(**config)
        device = accelerator.name()
        torch.manual_seed(settings.seed)
        first = FirstScorer.fit(data, pool)
        model, wording = _network(data, len(first.regression.mean) + 1, settings)
        lengths = (settings.candidates, settings.title, settings.rest, settings.most)
        ranker = cls(data.vocabulary, model, wording, first, lengths, device)
        if warm is not None:
            ranker._take_over(warm)
        ranker._learn(data, pool, settings, step)
        return ranker

    def _learn(self, data: TrainingSet, pool: CandidatePool, settings: MultimodalSettings, step: Step) -> None:
        logits = self.first.logits(pool)
        short = Shortlist.of(pool, logits, self.candidates, self.first.columns(pool))
        said, known = pool.look_up(data.positive), 1 - pool.look_up(data.implied)
        refused = pool.look_up(data.negative)
        weight = np.where((said > 0) | (refused > 0), known, known * settings.doubt).astype(np.float32)
        rows_with = np.flatnonzero(short.counts)

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            videos = rows_with[rows]
            read = self._read([data.features[i] for i in videos])
            read = read._replace(streams=read.streams.dropped(settings.modality_dropout, generator))
            place, choices = short.rectangle(videos, self.device)
            known = [np.where(place >= 0, values[place], 0.0) for values in (logits, said, weight)]
            first, true, counts = (torch.from_numpy(values).float().to(self.device) for values in known)
            return ranking_loss(self.model(read, choices) + first, true, counts)

        descent = DescentConfig(
            settings.epochs, settings.least_steps, settings.batch, settings.rate, 1e-2, settings.seed
        )
        descend(self.model, len(rows_with), loss, descent, step)

    def _read(self, features: Sequence[Features]) -> Sentences:
        title = self.wording.encode([item.video.title for item in features], self.title)
        others = [f"{item.video.description}\n{item.video.cover_text}".strip() for item in features]
        rest = self.wording.encode(others, self.rest)
        streams = Streams.collate(features, self.model.config.streams, self.most).to(self.device)
        on = [(rows.to(self.device), mask.to(self.device)) for rows, mask in (title, rest)]
        return Sentences(on[0], on[1], streams)

    def _take_over(self, warm: Self) -> None:
        tags = shared_rows(self.vocabulary.ids, warm.vocabulary.ids)
        words = shared_rows(self.wording.keys(), warm.wording.keys())
        frozen = (torch.zeros(0, dtype=torch.long),) * 2  # names may have been edited: keep the new
        rows = {"delta": tags, "encoder.embeddings.word_embeddings.weight": words}
        take_over(self.model, warm.model, rows | dict.fromkeys(("name_rows", "name_mask", "name_meaning"), frozen))

    @torch.inference_mode()
    def score(self, features: Sequence[Features], pool: CandidatePool) -> Array:
        """(pairs,) logits."""
        scores = self.first.logits(pool).astype(np.float32)
        short = Shortlist.of(pool, scores, self.candidates, self.first.columns(pool))
        added = np.zeros_like(scores)
        for videos in short.blocks(_BLOCK):
            place, choices = short.rectangle(videos, self.device)
            logits = self.model(self._read([features[i] for i in videos]), choices).float().cpu().numpy()
            added[place[place >= 0]] = logits[place >= 0]
        return scores + added

    def save(self, folder: Path) -> None:
        config = {"network": asdict(self.model.config), "lengths": list(self.lengths)}
        names = {"name_rows": list(self.model.get_buffer("name_rows").shape)}
        names["name_meaning"] = list(self.model.get_buffer("name_meaning").shape)
        write_config(folder, config | names | self.wording.config() | {"tags": list(self.vocabulary.ids)})
        self.wording.save(folder)
        state = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        first = {_FIRST + name: torch.from_numpy(array) for name, array in self.first.tensors().items()}
        save_file(state | first, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config, tensors = read_config(folder), load_file(folder / "model.safetensors")
        if tuple(config["tags"]) != vocabulary.ids:
            raise ValueError(f"{folder} was trained for another vocabulary")
        own = [name for name in tensors if name.startswith(_FIRST)]
        first = FirstScorer.restored({name.removeprefix(_FIRST): tensors.pop(name).numpy() for name in own})
        rows, meaning = torch.zeros(config["name_rows"], dtype=torch.long), torch.zeros(config["name_meaning"])
        model = MultimodalBert(MultimodalConfig(**config["network"]), TagWords(rows, rows.bool(), meaning))
        model.load_state_dict(tensors)
        return cls(vocabulary, model, Wording.restored(config, folder), first, tuple(config["lengths"]), device)


def _network(data: TrainingSet, opinions: int, settings: MultimodalSettings) -> tuple[MultimodalBert, Wording]:
    """From scratch, or from a pretrained encoder. Raises FileNotFoundError where its folder is incomplete."""
    names = [tag.name for tag in data.vocabulary]
    if settings.weights is None:
        wording = Wording.count([item.video.text() for item in data.features] + names * 2)
        encoder, shape = None, {**_SMALL, **settings.bert, "vocab_size": len(wording)}
    else:
        from transformers import AutoModel

        wording = Wording.of(Path(settings.weights))
        encoder = AutoModel.from_pretrained(settings.weights, local_files_only=True)
        shape = {name: value for name, value in encoder.config.to_diff_dict().items() if name not in _ELSEWHERE}
    config = MultimodalConfig(shape, sequence_widths(data.features), opinions, settings.hidden, settings.dropout)
    model = MultimodalBert(config, TagWords(*wording.encode(names, _NAME), torch.from_numpy(data.names)))
    if encoder is not None:
        model.begin_with(encoder, (wording.mark("[CLS]"), wording.mark("[SEP]")))
    return model, wording
