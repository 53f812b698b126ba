"""Hierarchical multi-label networks: HMCN-F and the DHMCN variants.

HMCN-F is Wehrmann, Cerri & Barros 2018, section 3.1. Global hidden layers, one a level of the hierarchy, each read the
input again; local heads judge the classes of their own level; the answer is the mean of global and local. DHMCN goes
on from it: `v1` has one local head, of the leaves; `v2` links every global layer to all before it (DenseNet) and has
local heads of all levels; `v3` also weighs a class by its level-0 ancestor, s = P(c) P(top(c))^gamma, and learns s
under the constraint that no class is less likely than one below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ml.layers.batch_norm import BatchNorm
from ml.layers.class_graph import ClassGraph
from ml.layers.max_constraint import MaxConstraint

VARIANTS = ("hmcn", "v1", "v2", "v3")
_LEAST = 1e-6  # probabilities are kept this far from 0 and 1


@dataclass(frozen=True)
class DhmcnConfig:
    """Widths and weights of HMCN-F's paper."""

    width: int  # of the input
    variant: str = "v3"
    hidden: int = 384
    dropout: float = 0.6
    share: float = 0.5  # beta: how much of the answer is local
    violation: float = 0.1  # lambda: cost of a class that is likelier than one above it
    # Gamma, how much V3 weighs a class by its level-0 ancestor. Chosen, not learned: rows that are known by heart push
    # it up and others want it at 0, for the product of two calibrated probabilities is not calibrated.
    exponent: float = 0.0

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise ValueError(f"unknown variant {self.variant!r}; known: {', '.join(VARIANTS)}")


class Dhmcn(nn.Module):
    """(videos, width) -> (videos, classes), probabilities; `parts` also has what they are made of."""

    def __init__(self, config: DhmcnConfig, graph: ClassGraph) -> None:
        super().__init__()
        self.config, self.graph = config, graph
        depth, hidden = len(graph.levels), config.hidden
        self.dense = config.variant in ("v2", "v3")
        widths = [config.width + hidden * (level if self.dense else min(level, 1)) for level in range(depth)]
        self.hidden = nn.ModuleList([self._layer(width) for width in widths])
        self.head = nn.Linear(hidden * (depth if self.dense else 1), len(graph))
        self.constraint = MaxConstraint(graph)
        # Which layer each local head reads, and the classes that it judges.
        judged = [(depth - 1, graph.leaves)] if config.variant == "v1" else list(enumerate(graph.levels))
        self.readers = [level for level, _ in judged]
        self.local = nn.ModuleList([self._layer(hidden) for _ in judged])
        self.local_heads = nn.ModuleList([nn.Linear(hidden, len(classes)) for _, classes in judged])
        for number, (_, classes) in enumerate(judged):
            self.register_buffer(f"classes_{number}", torch.from_numpy(classes.copy()), persistent=False)
        self.register_buffer("edges", torch.from_numpy(graph.edges.copy()), persistent=False)
        self.register_buffer("tops", torch.from_numpy(graph.tops.copy()), persistent=False)
        self.register_buffer("below", torch.from_numpy(graph.level > 0), persistent=False)

    def _layer(self, width: int) -> nn.Module:
        hidden = self.config.hidden
        return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), BatchNorm(hidden), nn.Dropout(self.config.dropout))

    @torch.no_grad()
    def start(self, share: Tensor) -> None:
        """Begin at the share of videos (classes,) that have each class, so that training spends no time on it."""
        odds = torch.logit(share.clamp(1e-4, 0.5))
        self.head.bias.copy_(odds)
        for number, head in enumerate(self.local_heads):
            head.get_parameter("bias").copy_(odds[self.get_buffer(f"classes_{number}")])

    def forward(self, videos: Tensor) -> Tensor:
        return self.parts(videos)["answer"]

    def parts(self, videos: Tensor) -> dict[str, Tensor]:
        """Probabilities `global`, `fused`, `answer` (videos, classes) and `local_<number>` of the local heads."""
        layers: list[Tensor] = []
        for layer in self.hidden:
            before = layers if self.dense else layers[-1:]
            layers.append(layer(torch.cat([videos, *before], dim=-1)))  # (videos, hidden)
        top = torch.cat(layers, dim=-1) if self.dense else layers[-1]
        found = {"global": torch.sigmoid(self.head(top))}
        fused = found["global"]
        for number, reader in enumerate(self.readers):
            local = torch.sigmoid(self.local_heads[number](self.local[number](layers[reader])))
            found[f"local_{number}"] = local
            classes = self.get_buffer(f"classes_{number}")
            mixed = self.config.share * local + (1 - self.config.share) * found["global"][:, classes]
            fused = fused.index_copy(1, classes, mixed)
        found["fused"] = fused
        found["answer"] = self.cascade(fused)
        return found

    def cascade(self, fused: Tensor) -> Tensor:
        """s = P(c) P(top(c))^gamma below level 0; of several tops the likeliest counts. V1 and V2: P."""
        if self.config.variant != "v3":
            return fused
        top = fused[:, self.get_buffer("tops")].amax(dim=-1)  # (videos, classes)
        weighed = fused * top.clamp(min=_LEAST) ** self.config.exponent
        return torch.where(self.get_buffer("below"), weighed, fused)

    def loss(self, parts: Mapping[str, Tensor], target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Binary cross entropies of local, global and (DHMCN) fused probabilities, summed, and violations.

        V3 adds that of the cascaded ones under the max constraint.

        target, weight (videos, classes): 1 where the class holds; how much each judgement counts.
        """
        weight = torch.ones_like(target) if weight is None else weight
        loss = _bce(parts["global"], target, weight)
        for number in range(len(self.readers)):
            classes = self.get_buffer(f"classes_{number}")
            loss = loss + _bce(parts[f"local_{number}"], target[:, classes], weight[:, classes])
        if self.config.variant != "hmcn":
            loss = loss + _bce(parts["fused"], target, weight)
        if self.config.variant == "v3":
            loss = loss + self.constraint.loss(parts["answer"], target, weight)
        return loss + self.config.violation * self.violations(parts["fused"])

    def violations(self, probability: Tensor) -> Tensor:
        """Mean over videos of the sum over edges of max(0, P(child) - P(parent))^2."""
        parent, child = self.get_buffer("edges").T
        over = torch.relu(probability[:, child] - probability[:, parent])
        return over.square().sum(dim=-1).mean()


def _bce(probability: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    certain = probability.clamp(_LEAST, 1 - _LEAST)
    return F.binary_cross_entropy(certain, target, weight)
