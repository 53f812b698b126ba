"""A space in which clips of one program lie together: what unites them is learned, not their likeness at large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from ml.layers import accelerator
from ml.layers.descent import DescentConfig, descend
from ml.layers.fusion import Fusion, FusionConfig
from ml.layers.grams import GramTable
from ml.layers.inputs import Inputs, vector_of, widths
from ml.layers.linear_machine import LinearMachine
from ml.layers.margin_loss import MarginConfig, Proxies
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Step
from ml.types import Array, Features

_BLOCK = 512  # clips at once


@dataclass(frozen=True)
class SpaceConfig:
    """Fused features -> the sphere, with proxies of the programs."""

    dim: int = 64
    dropout: float = 0.3
    fusion: str = "low_rank"
    margin: str = "cosface"
    scale: float = 30.0
    off: float = 0.3
    centres: int = 2


class SpaceNetwork(nn.Module):
    """Clips -> (clips, dim), L2-normalised."""

    def __init__(self, fusion: FusionConfig, margin: MarginConfig) -> None:
        super().__init__()
        self.fusion, self.turn, self.proxies = Fusion(fusion), nn.Linear(fusion.dim, margin.dim), Proxies(margin)

    def forward(self, clips: Inputs) -> Tensor:
        return F.normalize(self.turn(self.fusion(clips)), dim=-1)


class ProgramSpace:
    """The network with its n-grams, and the clips it learned from as points of the space."""

    def __init__(self, model: SpaceNetwork, table: GramTable, device: str = "cpu") -> None:
        self.model, self.table, self.device = model.to(device).eval(), table, device
        self.points: Array = np.zeros((0, model.proxies.config.dim), np.float32)
        self.labels: NDArray[np.int64] = np.zeros(0, np.int64)  # program of each point
        self.clips: NDArray[np.int64] = np.zeros(0, np.int64)  # video id of each point
        self.raw: Array = np.zeros((0, sum(model.fusion.config.widths.values())), np.float32)  # what it was made of
        self.words = sparse.csr_matrix((0, len(table)), dtype=np.float32)  # TF-IDF of its text
        self.linear: LinearMachine | None = None  # over the words

    @classmethod
    def of(cls, features: Sequence[Features], programs: int, config: SpaceConfig) -> Self:
        """A space that has learned nothing yet."""
        table = GramTable.count([item.video.text() for item in features])
        fusion = FusionConfig(widths(features), len(table), config.dim, config.dropout, config.fusion)
        margin = MarginConfig(programs, config.dim, config.centres, config.margin, config.scale, config.off)
        return cls(SpaceNetwork(fusion, margin), table, accelerator.name())

    def learn(
        self, features: Sequence[Features], labels: NDArray[np.int64], blind: float, descent: DescentConfig, step: Step
    ) -> None:
        """`labels` is the program of each clip; `blind` is the probability of a modality to be hidden."""
        inputs = Inputs.collate(features, self.model.fusion.config.widths, self.table).to(self.device)
        target = torch.from_numpy(labels).to(self.device)

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            return self.model.proxies.loss(self.model(inputs.rows(rows).dropped(blind, generator)), target[rows])

        descend(self.model, len(features), loss, descent, step)
        self.points, self.labels = self.embed(features), labels
        self.clips = np.array([item.video.id for item in features], dtype=np.int64)
        self.raw, self.words = self._raw(features), self.table.encode([item.video.text() for item in features])
        self.linear = LinearMachine.fitted(self.words, labels, self.model.proxies.config.classes, descent.seed)

    def alike(self, features: Sequence[Features]) -> tuple[Array, Array, Array]:
        """(clips, programs) three times: cosine of the raw features, and of the words, to the program's most similar
        clip; and what a linear machine says of the words.

        The learned space puts a stranger somewhere too; how far it really is from everything is seen here.
        """
        shape = len(features), self.model.proxies.config.classes
        looks, words, linear = (np.zeros(shape, np.float32) for _ in range(3))
        for start in range(0, len(features), _BLOCK):
            block = features[start : start + _BLOCK]
            own = np.array([item.video.id for item in block])[:, None] == self.clips[None, :]
            counted = self.table.encode([item.video.text() for item in block])
            part = slice(start, start + len(block))
            self._nearest(self._raw(block) @ self.raw.T, own, looks[part])
            self._nearest((counted @ self.words.T).toarray(), own, words[part])
            if self.linear is not None:  # a part that was written before there were any has none
                linear[part] = np.maximum((self.linear.margins(counted) + 1) / 2, 0.0)
                linear[part][np.diff(counted.indptr) == 0] = 0.0  # no words, nothing said
        return looks, words, linear

    def _nearest(self, cosine: Array, own: NDArray[np.bool_], found: Array) -> None:
        cosine[own] = 0.0
        np.maximum.at(found.T, self.labels, cosine.T.astype(np.float32))

    def _raw(self, features: Sequence[Features]) -> Array:
        """(clips, widths together): each modality as a unit vector, and all of them one again; without missing ones."""
        rows = np.zeros((len(features), self.raw.shape[1]), np.float32)
        for row, item in zip(rows, features, strict=True):
            start = 0
            for name, width in self.model.fusion.config.widths.items():
                vector = vector_of(item, name)
                if vector is not None and len(vector) == width:
                    row[start : start + width] = vector / max(float(np.linalg.norm(vector)), 1e-9)
                start += width
        unit: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return unit

    @torch.inference_mode()
    def embed(self, features: Sequence[Features]) -> Array:
        """(clips, dim)."""
        parts = [np.zeros((0, self.points.shape[1]), np.float32)]
        for start in range(0, len(features), _BLOCK):
            block = features[start : start + _BLOCK]
            inputs = Inputs.collate(block, self.model.fusion.config.widths, self.table).to(self.device)
            parts.append(self.model(inputs).cpu().numpy())
        return np.concatenate(parts)

    @torch.inference_mode()
    def likeness(self, embedded: Array) -> Array:
        """(clips, programs): cosine to each program's nearest proxy."""
        cosine: Array = self.model.proxies(torch.from_numpy(embedded).to(self.device)).cpu().numpy()
        return cosine

    def votes(self, embedded: Array, own: NDArray[np.int64], k: int) -> tuple[Array, NDArray[np.int64]]:
        """Of the k nearest clips the share of each program, weighted by likeness; and their rows, -1 for none.

        own: (clips,) video ids; no clip votes for itself.
        """
        shares = np.zeros((len(embedded), self.model.proxies.config.classes), np.float32)
        k = min(k, len(self.points))
        if not k:
            return shares, np.zeros((len(embedded), 0), np.int64)
        cosine = embedded @ self.points.T
        cosine[self.clips[None, :] == own[:, None]] = -np.inf
        near: NDArray[np.int64] = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
        alike = np.take_along_axis(cosine, near, axis=1)
        weight = np.where(np.isfinite(alike), np.maximum(alike, 0.0), 0.0)
        np.add.at(shares, (np.arange(len(embedded))[:, None], self.labels[near]), weight.astype(np.float32))
        return shares / np.float32(k), np.where(np.isfinite(alike), near, -1).astype(np.int64)

    def take_over(self, former: ProgramSpace, programs: tuple[Sequence[int], Sequence[int]]) -> None:
        """Go on from a former space; `programs` are the tags of our classes and of its."""
        rows = shared_rows(*programs)
        grams = shared_rows(self.table.hashes.tolist(), former.table.hashes.tolist())
        take_over(self.model, former.model, {"proxies.weight": rows, "fusion.bag.weight": grams})

    def state(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Settings and tensors to keep."""
        config = {"fusion": asdict(self.model.fusion.config), "margin": asdict(self.model.proxies.config)}
        tensors = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        known = {"table.hashes": self.table.hashes, "table.idf": self.table.idf, "points": self.points}
        known |= {"labels": self.labels, "clips": self.clips, "raw": self.raw}
        words = {"data": self.words.data, "indices": self.words.indices, "indptr": self.words.indptr}
        known |= {f"words.{name}": array for name, array in words.items()}
        tensors |= self.linear.tensors() if self.linear is not None else {}
        return config, tensors | {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in known.items()}

    @classmethod
    def restored(cls, config: dict[str, Any], tensors: dict[str, Tensor], device: str = "cpu") -> Self:
        """What `state` gave."""
        names = ("table.hashes", "table.idf", "points", "labels", "clips", "raw")
        hashes, idf, points, labels, clips, raw = (tensors.pop(name).numpy() for name in names)
        linear = {name: tensors.pop(name) for name in list(tensors) if name.startswith("linear.")}
        words = tuple(tensors.pop(f"words.{name}").numpy() for name in ("data", "indices", "indptr"))
        model = SpaceNetwork(FusionConfig(**config["fusion"]), MarginConfig(**config["margin"]))
        model.load_state_dict(tensors)
        space = cls(model, GramTable(hashes, idf), device)
        space.points, space.labels, space.clips, space.raw = points, labels, clips, raw
        if linear:
            space.linear = LinearMachine.restored(linear, len(hashes))
        space.words = sparse.csr_matrix(words, shape=(len(points), len(hashes)))
        return space
