"""Recall by a multimodal multi-label classifier with tag embeddings (ML: fusion, tag head, asymmetric loss)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ml.layers import accelerator
from ml.layers.asymmetric_loss import asymmetric_losses
from ml.layers.centralnet import central_loss
from ml.layers.descent import DescentConfig, descend
from ml.layers.fusion import Entered, Fusion, FusionConfig
from ml.layers.grams import GramTable
from ml.layers.inputs import Inputs, widths
from ml.layers.selection import top
from ml.layers.tag_head import TagHead
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.types import NO_EVIDENCE, Array, Candidate, Evidence, Features, Vocabulary

_BLOCK = 256  # videos at once
_FRAMES = 1024  # frames at once

Moments = dict[int, tuple[float, float]]  # column -> start and end in seconds


class Classifier(nn.Module):
    """Videos -> (videos, tags), logits."""

    def __init__(self, fusion: FusionConfig, names: Tensor) -> None:
        super().__init__()
        self.fusion = Fusion(fusion)
        self.head = TagHead(fusion.dim, names)

    def forward(self, videos: Inputs) -> Tensor:
        return self.judged(self.fusion.entered(videos))

    def judged(self, videos: Entered) -> Tensor:
        """(videos, tags), logits."""
        logits: Tensor = self.head(self.fusion.join(videos).fused)
        return logits


@dataclass(frozen=True)
class ClassifierSettings:
    """The stack's settings of this recaller."""

    dim: int = 128
    dropout: float = 0.3
    fusion: str = "concat"  # concat | low_rank | central
    modality_dropout: float = 0.15
    gamma: float = 4.0  # focus of the asymmetric loss on doubtful negatives
    clip: float = 0.05
    epochs: int = 6
    least_steps: int = 200  # a handful of videos still gets a full training
    batch: int = 64
    rate: float = 5e-3
    seed: int = 0


class ClassifierRecaller:
    """Proposes the tags with the highest probability; evidence is the moment of the clip that speaks for the tag."""

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False

    def __init__(self, vocabulary: Vocabulary, model: Classifier, table: GramTable, device: str = "cpu") -> None:
        self.vocabulary, self.table, self.device = vocabulary, table, device
        self.model = model.to(device).eval()
        self.usable = assignable(vocabulary)

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        settings = ClassifierSettings(**config)
        device = accelerator.name()
        torch.manual_seed(settings.seed)
        table = GramTable.count([item.video.text() for item in data.features])
        shape = FusionConfig(widths(data.features), len(table), settings.dim, settings.dropout, settings.fusion)
        recaller = cls(data.vocabulary, Classifier(shape, torch.from_numpy(data.names)), table, device)
        recaller._learn(data, settings, step, warm)
        return recaller

    def _learn(self, data: TrainingSet, settings: ClassifierSettings, step: Step, warm: Self | None) -> None:
        head = self.model.head
        said = torch.from_numpy(np.asarray(data.positive.sum(axis=0)).ravel()).float().to(self.device)
        seen = (said > 0) | torch.from_numpy(np.asarray(data.negative.sum(axis=0)).ravel() > 0).to(self.device)
        head.start(said / max(len(data), 1))
        if warm is not None:
            self._take_over(warm)
            seen = seen | head.seen
        inputs = Inputs.collate(data.features, self.model.fusion.config.widths, self.table).to(self.device)

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            labels = (data.positive, data.negative, data.implied)
            positive, negative, implied = (torch.from_numpy(m[rows].toarray()).to(self.device) for m in labels)
            # A tag that no video has an example of is unknown, not absent: it learns nothing here.
            ignored = torch.maximum(implied, (~seen).float()[None, :])
            batch = inputs.rows(rows).dropped(settings.modality_dropout, generator)
            each = lambda video: asymmetric_losses(
                head(video), positive, negative, ignored, settings.gamma, settings.clip
            )
            return central_loss(self.model.fusion.joined(batch), batch.present, each)

        descent = DescentConfig(
            settings.epochs, settings.least_steps, settings.batch, settings.rate, seed=settings.seed
        )
        descend(self.model, len(data), loss, descent, step)
        head.leave_unseen(seen)

    def _take_over(self, warm: Self) -> None:
        tags = shared_rows(self.vocabulary.ids, warm.vocabulary.ids)
        grams = shared_rows(self.table.hashes.tolist(), warm.table.hashes.tolist())
        names = ("head.linear.weight", "head.linear.bias", "head.delta", "head.seen")
        frozen = {"head.names": (torch.zeros(0, dtype=torch.long),) * 2}  # names may have been edited: keep the new
        take_over(self.model, warm.model, dict.fromkeys(names, tags) | {"fusion.bag.weight": grams} | frozen)

    @torch.inference_mode()
    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = probability; it is honest only for videos outside the training set."""
        answers: list[list[Candidate]] = []
        for start in range(0, len(features), _BLOCK):
            block = features[start : start + _BLOCK]
            inputs = Inputs.collate(block, self.model.fusion.config.widths, self.table).to(self.device)
            entered = self.model.fusion.entered(inputs)  # once: without and with single frames texts stay the same
            logits = self.model.judged(entered).cpu().numpy()
            blind = self.model.judged(entered.without("frames")).cpu().numpy()
            scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -30, 30)))
            scores[:, ~self.usable] = -np.inf
            columns = list(top(scores, k))
            # Pictures speak for a tag only if it would be less likely without them.
            shown = [mine[logits[i, mine] > blind[i, mine]] for i, mine in enumerate(columns)]
            moments = self._moments(block, entered, shown)
            answers += [self._candidates(mine, scores[i, mine], moments[i]) for i, mine in enumerate(columns)]
        return answers

    def _candidates(self, columns: NDArray[np.int64], scores: Array, moments: Moments) -> list[Candidate]:
        ids = self.vocabulary.ids
        return [
            Candidate(ids[column], score, Evidence(moment=moments[column]) if column in moments else NO_EVIDENCE)
            for column, score in zip(columns.tolist(), scores.tolist(), strict=True)
        ]

    def _moments(
        self, block: Sequence[Features], entered: Entered, columns: Sequence[NDArray[np.int64]]
    ) -> list[Moments]:
        """Per video, for each of its `columns` the second whose frame alone scores highest for the tag."""
        found: list[Moments] = [{} for _ in block]
        seen = [i for i, item in enumerate(block) if len(columns[i]) and _has_moments(item)]
        for rows in _grouped(seen, [len(block[i].frames) for i in seen]):  # type: ignore[arg-type]
            frames = [block[i].frames for i in rows]
            ends = np.cumsum([len(part) for part in frames])  # type: ignore[arg-type]
            owner = torch.from_numpy(np.repeat(rows, np.diff(ends, prepend=0))).to(self.device)
            stacked: Array = np.concatenate(frames)  # type: ignore[arg-type]
            row = torch.from_numpy(np.concatenate([stacked, stacked], axis=1))  # mean and maximum of one frame
            part = self.model.fusion.enter["frames"](row.to(self.device, torch.float32))
            logits = self.model.judged(entered.rows(owner).showing("frames", part)).cpu().numpy()
            for i, part in zip(rows, np.split(logits, ends[:-1]), strict=True):
                best = part[:, columns[i]].argmax(axis=0)
                found[i] = _spans(block[i], columns[i], best)
        return found

    @torch.inference_mode()
    def logits(self, features: Sequence[Features], columns: NDArray[np.int64]) -> Array:
        """(videos, columns) for some tags only: the cost does not grow with the vocabulary."""
        inputs = Inputs.collate(features, self.model.fusion.config.widths, self.table).to(self.device)
        chosen = torch.from_numpy(columns).to(self.device)
        found: Array = self.model.head(self.model.fusion(inputs), chosen).float().cpu().numpy()
        return found

    def save(self, folder: Path) -> None:
        write_config(folder, {"fusion": asdict(self.model.fusion.config), "tags": list(self.vocabulary.ids)})
        table = {"table.hashes": torch.from_numpy(self.table.hashes), "table.idf": torch.from_numpy(self.table.idf)}
        state = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        save_file(state | table, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config, tensors = read_config(folder), load_file(folder / "model.safetensors")
        if tuple(config["tags"]) != vocabulary.ids:
            raise ValueError(f"{folder} was trained for another vocabulary")
        table = GramTable(tensors.pop("table.hashes").numpy(), tensors.pop("table.idf").numpy())
        model = Classifier(FusionConfig(**config["fusion"]), torch.zeros_like(tensors["head.names"]))
        model.load_state_dict(tensors)
        return cls(vocabulary, model, table, device)


def _has_moments(features: Features) -> bool:
    return features.frames is not None and features.frame_times is not None and len(features.frames) > 0


def _grouped(rows: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows whose frames together fit one forward pass."""
    group: list[int] = []
    size = 0
    for row, length in zip(rows, lengths, strict=True):
        if group and size + length > _FRAMES:
            yield group
            group, size = [], 0
        group.append(row)
        size += length
    if group:
        yield group


def _spans(features: Features, columns: NDArray[np.int64], best: NDArray[np.int64]) -> Moments:
    """Column -> start and end of its best frame, in seconds."""
    times = features.frame_times
    assert times is not None
    length = median(np.diff(times).tolist()) if len(times) > 1 else 1.0
    starts = times[best].tolist()
    return {c: (start, start + length) for c, start in zip(columns.tolist(), starts, strict=True)}
