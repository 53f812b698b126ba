"""Recall along the tree of tags: DHMCN with leaves of boosted trees as further features."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from ml.layers import accelerator
from ml.layers.class_graph import ClassGraph
from ml.layers.descent import DescentConfig, descend
from ml.layers.dhmcn import DhmcnConfig
from ml.layers.fusion import FusionConfig
from ml.layers.grams import GramTable
from ml.layers.hierarchical_network import HierarchicalNetwork, Leaves, dense, tree_fold
from ml.layers.inputs import Inputs, widths
from ml.layers.selection import top
from ml.layers.tree_leaves import TreeConfig, TreeLeaves
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.types import Candidate, Features, Vocabulary

_BLOCK = 256  # videos at once
_TREES = "trees.json"


@dataclass(frozen=True)
class HierarchicalSettings:
    """The stack's settings of this recaller."""

    variant: str = "v3"  # hmcn | v1 | v2 | v3
    dim: int = 128
    hidden: int = 128
    dropout: float = 0.3
    exponent: float = 0.0  # of V3's cascade
    doubt: float = 0.5  # weight of a tag that nobody spoke of: labels are missing rather than negative
    trees: int = 10  # a class; 0 = no trees
    tree_classes: int = 8
    tree_share: float = 0.4  # of the videos that the trees are fitted on
    modality_dropout: float = 0.15
    shares_from: int = 100  # tags; with fewer the heads begin at nothing, which ends better
    epochs: int = 10
    least_steps: int = 200
    batch: int = 64
    rate: float = 3e-3
    seed: int = 0


class HierarchicalRecaller:
    """Proposes the tags with the highest probability along the tree."""

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False

    def __init__(
        self, vocabulary: Vocabulary, model: HierarchicalNetwork, table: GramTable, trees: TreeLeaves, device: str
    ) -> None:
        self.vocabulary, self.table, self.trees, self.device = vocabulary, table, trees, device
        self.model = model.to(device).eval()
        self.usable = assignable(vocabulary)

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        settings = HierarchicalSettings(**config)
        device = accelerator.name()
        torch.manual_seed(settings.seed)
        table = GramTable.count([item.video.text() for item in data.features])
        shape = FusionConfig(widths(data.features), len(table), settings.dim, settings.dropout)
        fold = tree_fold(len(data), settings.tree_share, settings.seed)
        trees = _fit(data, shape, fold, settings)
        sizes = settings.dim, settings.variant, settings.hidden, settings.dropout
        network = DhmcnConfig(*sizes, exponent=settings.exponent)
        model = HierarchicalNetwork(shape, network, ClassGraph.of(data.vocabulary), trees.count)
        recaller = cls(data.vocabulary, model, table, trees, device)
        if len(data.vocabulary) >= settings.shares_from:
            said = data.positive.maximum(data.implied).sum(axis=0) / max(len(data), 1)
            model.network.start(torch.from_numpy(np.asarray(said, np.float32).ravel()).to(device))
        if warm is not None:
            recaller._take_over(warm)
        recaller._learn(data, fold, settings, step)
        return recaller

    def _learn(self, data: TrainingSet, fold: NDArray[np.int64], settings: HierarchicalSettings, step: Step) -> None:
        inputs, leaves = self._read(data.features)
        # Those leaves were grown to fit their labels.
        leaves.known[torch.from_numpy(fold).to(leaves.known.device)] = False

        def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
            labels = (data.positive.maximum(data.implied), data.negative)
            positive, negative = (torch.from_numpy(m[rows].toarray()).to(self.device) for m in labels)
            weight = torch.where((positive > 0) | (negative > 0), 1.0, settings.doubt)
            batch = inputs.rows(rows).dropped(settings.modality_dropout, generator)
            return self.model.network.loss(self.model.parts(batch, leaves.rows(rows)), positive, weight)

        descent = DescentConfig(
            settings.epochs, settings.least_steps, settings.batch, settings.rate, seed=settings.seed
        )
        descend(self.model, len(data), loss, descent, step)

    def _take_over(self, warm: Self) -> None:
        grams = shared_rows(self.table.hashes.tolist(), warm.table.hashes.tolist())
        rows = {"fusion.bag.weight": grams, "leaves.embed.weight": (torch.zeros(0, dtype=torch.long),) * 2}
        if self.vocabulary.ids == warm.vocabulary.ids and self.model.network.graph == warm.model.network.graph:
            take_over(self.model, warm.model, rows)
        else:  # another tree has other heads, whose rows are not the same tags
            take_over(self.model.fusion, warm.model.fusion, {"bag.weight": grams})

    def _read(self, features: Sequence[Features]) -> tuple[Inputs, Leaves]:
        shape = self.model.fusion.config.widths
        inputs = Inputs.collate(features, shape, self.table).to(self.device)
        numbers = torch.from_numpy(self.trees.find(dense(features, shape)))
        known = torch.ones(len(features), 1, dtype=torch.bool)
        return inputs, Leaves(numbers.to(self.device), known.to(self.device))

    @torch.inference_mode()
    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = probability, raised to that of the likeliest tag below; honest only outside the training set."""
        answers: list[list[Candidate]] = []
        for start in range(0, len(features), _BLOCK):
            inputs, leaves = self._read(features[start : start + _BLOCK])
            scores = self.model(inputs, leaves).cpu().double().numpy()
            scores = self.model.network.graph.coherent(scores)
            scores[:, ~self.usable] = -np.inf
            scores[scores <= 0] = -np.inf
            for row, columns in zip(scores, top(scores, k), strict=True):
                answers.append([Candidate(self.vocabulary.tags[c].id, float(row[c])) for c in columns.tolist()])
        return answers

    def save(self, folder: Path) -> None:
        """config.json, the network, and LightGBM's text of each booster."""
        config = {"fusion": asdict(self.model.fusion.config), "network": asdict(self.model.network.config)}
        write_config(folder, config | {"tags": list(self.vocabulary.ids)})
        table = {"table.hashes": torch.from_numpy(self.table.hashes), "table.idf": torch.from_numpy(self.table.idf)}
        state = {name: tensor.cpu().contiguous() for name, tensor in self.model.state_dict().items()}
        save_file(state | table, folder / "model.safetensors")
        (folder / _TREES).write_text(json.dumps(self.trees.write()), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        config, tensors = read_config(folder), load_file(folder / "model.safetensors")
        if tuple(config["tags"]) != vocabulary.ids:
            raise ValueError(f"{folder} was trained for another vocabulary")
        table = GramTable(tensors.pop("table.hashes").numpy(), tensors.pop("table.idf").numpy())
        trees = TreeLeaves.read(json.loads((folder / _TREES).read_text(encoding="utf-8")))
        fusion, network = FusionConfig(**config["fusion"]), DhmcnConfig(**config["network"])
        if "network.gamma" in tensors:  # a bundle from when it was learned
            network = replace(network, exponent=max(0.0, float(tensors.pop("network.gamma"))))
        model = HierarchicalNetwork(fusion, network, ClassGraph.of(vocabulary), trees.count)
        model.load_state_dict(tensors)
        return cls(vocabulary, model, table, trees, device)


def _fit(data: TrainingSet, shape: FusionConfig, fold: NDArray[np.int64], settings: HierarchicalSettings) -> TreeLeaves:
    if not settings.trees or not shape.widths or not len(fold):
        return TreeLeaves([])
    rows = fold.tolist()
    said = data.positive[rows].maximum(data.implied[rows]).toarray()
    config = TreeConfig(settings.tree_classes, settings.trees, seed=settings.seed)
    return TreeLeaves.fit(dense([data.features[i] for i in rows], shape.widths), said, config)
