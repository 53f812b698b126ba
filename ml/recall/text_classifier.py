"""Recall by the text alone: BOW + CNN + attention over title, description and cover text, and linear machines.

The network also reads what a sentence encoder makes of the text, where the stack has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from ml.layers import accelerator, tag_tree
from ml.layers.asymmetric_loss import asymmetric_loss
from ml.layers.descent import DescentConfig, descend
from ml.layers.grams import GramTable
from ml.layers.linear_machine import LinearMachine
from ml.layers.placed_words import placed, spoken, strongest
from ml.layers.selection import top
from ml.layers.sentence_space import SentenceSpace
from ml.layers.text_encoder import TextEncoderConfig
from ml.layers.text_network import TextNetwork, Texts
from ml.layers.tokens import TokenTable
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.types import Candidate, Evidence, Features, VideoInput, Vocabulary

_BLOCK = 128  # videos at once
_SLOPE = 2.0  # of the probability that a linear machine's margin stands for
_ABOVE = 0.2  # weight of the tag above one beside the tag's own


@dataclass(frozen=True)
class TextClassifierSettings:
    """The stack's settings of this recaller."""

    dim: int = 128  # what maps and n-grams are added in: a table of n-grams times tags would be too large
    width: int = 96  # of a token
    channels: int = 64  # of a kernel
    kernels: tuple[int, ...] = (2, 3, 4)
    longest: int = 96  # tokens
    dropout: float = 0.4
    token_dropout: float = 0.1
    wide_dropout: float = 0.3
    gamma: float = 4.0  # focus of the asymmetric loss on doubtful negatives
    clip: float = 0.05
    linear: bool = True  # a machine for each tag besides, whose probability is averaged with the network's
    sentences: bool = True  # the network reads the sentence encoder's vector too, where the stack has one
    epochs: int = 6
    least_steps: int = 200
    batch: int = 64
    rate: float = 3e-3
    seed: int = 0


class TextClassifier:
    """Proposes the tags with the highest probability; evidence is the phrase that speaks for the tag."""

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False

    def __init__(
        self, vocabulary: Vocabulary, model: TextNetwork, words: TokenTable, grams: GramTable, longest: int, device: str
    ) -> None:
        self.vocabulary, self.words, self.grams, self.longest = vocabulary, words, grams, longest
        self.device, self.model = device, model.to(device).eval()
        self.linear: LinearMachine | None = None
        self.space: SentenceSpace | None = None  # of the sentence vectors that are read besides
        self.above = np.full(len(vocabulary), -1, dtype=np.int64)  # column of the tag above that is said with each
        self.usable = assignable(vocabulary)

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        settings = TextClassifierSettings(**config)
        torch.manual_seed(settings.seed)
        videos = [item.video for item in data.features]
        words = TokenTable.count([spoken(placed(video)) for video in videos], at_least=2)
        grams = GramTable.count([video.text() for video in videos])
        space = SentenceSpace.of(data.features) if settings.sentences else None
        shape = TextEncoderConfig(
            tokens=len(words),
            out=settings.dim,
            grams=max(len(grams), 1),
            width=settings.width,
            kernels=tuple(settings.kernels),
            channels=settings.channels,
            dropout=settings.dropout,
            token_dropout=settings.token_dropout,
            wide_dropout=settings.wide_dropout,
            meaning=0 if space is None else len(space.mean),
        )
        device = accelerator.name()
        recaller = cls(
            data.vocabulary, TextNetwork(shape, len(data.vocabulary)), words, grams, settings.longest, device
        )
        recaller.space = space
        recaller._learn(data, settings, step, warm)
        return recaller

    def _learn(self, data: TrainingSet, settings: TextClassifierSettings, step: Step, warm: Self | None) -> None:
        said = np.asarray(data.positive.sum(axis=0)).ravel().astype(np.float32)
        self.model.start(torch.from_numpy(said / max(len(data), 1)).to(self.device))
        if warm is not None:
            self._take_over(warm)
        known = (said > 0) | (np.asarray(data.negative.sum(axis=0)).ravel() > 0)
        self.model.seen |= torch.from_numpy(known).to(self.device)
        self.above = tag_tree.parents(self.vocabulary, data.positive)
        texts = self._read(data.features)

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            labels = (data.positive, data.negative, data.implied)
            positive, negative, implied = (torch.from_numpy(m[rows].toarray()).to(self.device) for m in labels)
            # A tag that no video has an example of is unknown, not absent: it learns nothing here.
            ignored = torch.maximum(implied, (~self.model.seen).float()[None, :])
            logits = self.model(texts.rows(rows).to(self.device))
            return asymmetric_loss(logits, positive, negative, ignored, settings.gamma, settings.clip)

        descent = DescentConfig(
            settings.epochs, settings.least_steps, settings.batch, settings.rate, seed=settings.seed
        )
        descend(self.model, len(data), loss, descent, step)
        if settings.linear:
            self.linear = LinearMachine.of_tags(texts.grams, data.positive, data.implied, settings.seed)

    def _take_over(self, warm: Self) -> None:
        tags = shared_rows(self.vocabulary.ids, warm.vocabulary.ids)
        words = shared_rows(_keys(self.words), _keys(warm.words))
        grams = shared_rows(self.grams.hashes.tolist(), warm.grams.hashes.tolist())
        rows = {"encoder.embed.weight": words, "encoder.wide.weight": grams}
        take_over(self.model, warm.model, rows | dict.fromkeys(("tags.weight", "tags.bias", "seen"), tags))

    def _read(self, features: Sequence[Features]) -> Texts:
        return Texts.collate(features, self.words, self.grams, self.longest, self.space)

    @torch.inference_mode()
    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = probability; honest only for videos outside the training set. No text, no candidates."""
        answers: list[list[Candidate]] = []
        usable = self.usable & self.model.seen.cpu().numpy()
        for start in range(0, len(features), _BLOCK):
            block = features[start : start + _BLOCK]
            videos, texts = [item.video for item in block], self._read(block).to(self.device)
            scores = self._probabilities(texts)
            scores[:, ~usable] = -np.inf
            scores[[not video.text() for video in videos]] = -np.inf
            answers += self._candidates(videos, texts, scores, top(scores, k))
        return answers

    def _probabilities(self, texts: Texts) -> NDArray[np.float64]:
        """(texts, tags): the mean of network and linear machine, for tags that have one, borne out by the tag above."""
        scores: NDArray[np.float64] = torch.sigmoid(self.model(texts)).cpu().double().numpy()
        if self.linear is not None:
            there = self.linear.there
            heard = 1 / (1 + np.exp(-_SLOPE * self.linear.margins(texts.grams)[:, there].astype(np.float64)))
            scores[:, there] = (scores[:, there] + heard) / 2
        return tag_tree.believed(scores, self.above, _ABOVE)

    def _candidates(
        self, videos: Sequence[VideoInput], texts: Texts, scores: NDArray[np.float64], best: list[NDArray[np.int64]]
    ) -> list[list[Candidate]]:
        width = max(map(len, best), default=0)
        columns = np.array([np.pad(row, (0, width - len(row))) for row in best], dtype=np.int64)
        said = self.model.said(texts, torch.from_numpy(columns).to(self.device)).float().cpu().numpy()
        answers = []
        for i, video in enumerate(videos):
            words = placed(video)[: said.shape[-1]]
            answers.append(
                [
                    Candidate(
                        self.vocabulary.ids[column],
                        float(scores[i, column]),
                        Evidence(spans=strongest(words, said[i, place, : len(words)])),
                    )
                    for place, column in enumerate(best[i].tolist())
                ]
            )
        return answers

    def save(self, folder: Path) -> None:
        config = {"encoder": asdict(self.model.encoder.config), "longest": self.longest, "words": self.words.known}
        write_config(folder, config | {"tags": list(self.vocabulary.ids), "above": self.above.tolist()})
        table = {"grams.hashes": torch.from_numpy(self.grams.hashes), "grams.idf": torch.from_numpy(self.grams.idf)}
        state = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        if self.space is not None:
            table["space.mean"] = torch.from_numpy(self.space.mean)
        linear = self.linear.tensors() if self.linear is not None else {}
        save_file(state | table | linear, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config, tensors = read_config(folder), load_file(folder / "model.safetensors")
        if tuple(config["tags"]) != vocabulary.ids:
            raise ValueError(f"{folder} was trained for another vocabulary")
        grams = GramTable(tensors.pop("grams.hashes").numpy(), tensors.pop("grams.idf").numpy())
        linear = {name: tensors.pop(name) for name in list(tensors) if name.startswith("linear.")}
        mean = tensors.pop("space.mean", None)  # a part that was written before it read sentences has none
        encoder = TextEncoderConfig(**config["encoder"] | {"kernels": tuple(config["encoder"]["kernels"])})
        model = TextNetwork(encoder, len(vocabulary))
        model.load_state_dict(tensors)
        recaller = cls(vocabulary, model, TokenTable(tuple(config["words"])), grams, config["longest"], device)
        if "above" in config:  # a part that was written before tags asked those above them has none
            recaller.above = np.array(config["above"], dtype=np.int64)
        recaller.space = None if mean is None else SentenceSpace(mean.numpy())
        if linear:  # nor had every part machines
            recaller.linear = LinearMachine.restored(linear, len(grams))
        return recaller


def _keys(words: TokenTable) -> list[Any]:
    """What each row of a table of tokens stands for, those of padding and of the unknown token first."""
    return [0, 1, *words.known]
