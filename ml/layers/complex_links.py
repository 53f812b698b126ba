"""Links of a knowledge graph by complex embeddings: ComplEx-N3.

ComplEx is Trouillon et al. 2016; reciprocal relations, the full cross entropy and the N3 regulariser are Lacroix,
Usunier & Obozinski 2018 (sections 3 and 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.layers.descent import DescentConfig, descend
from ml.parts import Step

Triples = NDArray[np.int64]  # (facts, 3): head, relation, tail


@dataclass(frozen=True)
class LinkConfig:
    """`rank` complex numbers an entity and a relation."""

    entities: int
    relations: int
    rank: int = 128
    strength: float = 0.05  # of N3


class ComplexLinks(nn.Module):
    """Heads and relations -> (questions, entities), scores of all tails: Re<h, r, conj(t)>.

    Relation r + relations is r the other way round, so that heads are asked for as tails.
    """

    def __init__(self, config: LinkConfig) -> None:
        super().__init__()
        self.config = config
        self.entities = nn.Parameter(torch.randn(config.entities, 2 * config.rank) * 1e-2)
        self.relations = nn.Parameter(torch.randn(2 * config.relations, 2 * config.rank) * 1e-2)

    def forward(self, heads: Tensor, relations: Tensor) -> Tensor:
        (a, b), (c, d) = self.entities[heads].chunk(2, dim=-1), self.relations[relations].chunk(2, dim=-1)
        turned = torch.cat([a * c - b * d, a * d + b * c], dim=-1)  # h * r, real parts first
        return turned @ self.entities.T  # Re<hr, conj(t)> = real * real + imaginary * imaginary

    def loss(self, facts: Tensor) -> Tensor:
        """Cross entropy over all tails, plus the strength times N3; facts (n, 3), both ways round."""
        heads, relations, tails = facts.T
        return F.cross_entropy(self(heads, relations), tails) + self.config.strength * self.n3(facts)

    def n3(self, facts: Tensor) -> Tensor:
        """Mean over facts of the cubed moduli of its three embeddings, summed over the rank."""
        parts = [self.entities[facts[:, 0]], self.relations[facts[:, 1]], self.entities[facts[:, 2]]]
        return sum((_modulus(part) ** 3).sum() for part in parts) / len(facts)  # type: ignore[return-value]


def _modulus(values: Tensor) -> Tensor:
    real, imaginary = values.chunk(2, dim=-1)
    return torch.sqrt(real**2 + imaginary**2 + 1e-12)


def both_ways(facts: Triples, relations: int) -> Triples:
    """The facts and their reciprocals."""
    turned = np.stack([facts[:, 2], facts[:, 1] + relations, facts[:, 0]], axis=1)
    return np.concatenate([facts, turned])


def learn(model: ComplexLinks, facts: Triples, config: DescentConfig, step: Step) -> None:
    """Train on facts (n, 3)."""
    every = torch.from_numpy(both_ways(facts, model.config.relations))
    descend(model, len(every), lambda rows, _: model.loss(every[rows]), config, step)


@torch.inference_mode()
def ranks(model: ComplexLinks, asked: Triples, known: Triples) -> NDArray[np.float64]:
    """(2 * asked,) place of each true tail and head among all that are not known to be true too ("filtered").

    Of equal scores half stand before the true one, so that a constant score is worth nothing.
    """
    relations = model.config.relations
    questions = both_ways(asked, relations)
    true: dict[tuple[int, int], list[int]] = {}
    for head, relation, tail in both_ways(np.concatenate([known, asked]), relations).tolist():
        true.setdefault((head, relation), []).append(tail)
    found = np.zeros(len(questions))
    for start in range(0, len(questions), 1024):
        block = torch.from_numpy(questions[start : start + 1024])
        scores = model(block[:, 0], block[:, 1]).double().numpy()
        for i, (head, relation, tail) in enumerate(block.tolist()):
            mine = scores[i, tail]
            others = np.delete(scores[i], np.unique(true[head, relation]))
            found[start + i] = 1 + (others > mine).sum() + (others == mine).sum() / 2
    return found


def link_metrics(places: NDArray[np.float64]) -> dict[str, float]:
    """Mean reciprocal rank and share of places up to 1, 3, 10."""
    return {"mrr": float((1 / places).mean())} | {f"hits_at_{k}": float((places <= k).mean()) for k in (1, 3, 10)}
