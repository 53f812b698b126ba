"""The max constraint: no class is less likely than one below it (Giunchiglia & Lukasiewicz 2020, section 3)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ml.layers.class_graph import ClassGraph

_LEAST = 1e-6  # probabilities are kept this far from 0 and 1


class MaxConstraint(nn.Module):
    """(videos, classes) -> the same, each class raised to the likeliest of its branch; what is below goes first."""

    def __init__(self, graph: ClassGraph) -> None:
        super().__init__()
        parent, child = graph.edges.T
        self.steps = 0
        for depth in range(len(graph.levels) - 1, 0, -1):
            here = graph.level[child] == depth
            for name, classes in (("parents", parent[here]), ("children", child[here])):
                self.register_buffer(f"{name}_{self.steps}", torch.from_numpy(classes.copy()), persistent=False)
            self.steps += 1

    def forward(self, probability: Tensor) -> Tensor:
        raised = probability
        for step in range(self.steps):
            parents, children = self.get_buffer(f"parents_{step}"), self.get_buffer(f"children_{step}")
            raised = raised.scatter_reduce(1, parents.expand(len(raised), -1), raised[:, children], "amax")
        return raised

    def loss(self, probability: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Binary cross entropy of the raised probabilities, mean over videos and classes.

        A class that holds is raised by those below it that hold as well, and by no others: else a branch would be
        taught that the wrong one of its classes is right (equation 2).
        """
        raised = torch.where(target > 0, self(probability * target), self(probability))
        return F.binary_cross_entropy(raised.clamp(_LEAST, 1 - _LEAST), target, weight)
