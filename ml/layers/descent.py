"""The optimiser loop that every network of the stack is trained by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.layers import checkpoints, peers, precision
from ml.layers.checkpoints import Checkpoint
from ml.parts import Step

Rows = NDArray[np.int64]
Loss = Callable[[Rows, torch.Generator], Tensor]


@dataclass(frozen=True)
class DescentConfig:
    """AdamW; the learning rate warms up over the first tenth and then follows half a cosine."""

    epochs: int = 6
    least_steps: int = 200
    batch: int = 64
    rate: float = 5e-3
    decay: float = 0.0
    seed: int = 0
    clip: float = 5.0  # longest gradient; 0 = any
    whole: bool = False  # leave out a smaller last batch, which would upset batch statistics


def descend(model: nn.Module, examples: int, loss: Loss, config: DescentConfig, step: Step) -> list[float]:
    """Minimise `loss(rows, generator)`, a mean over shuffled batches of rows; the model is left in eval mode.

    Returns the loss of each step. `step` is told after each one and may raise to stop. What `loss` draws it must draw
    from `generator` (or torch's own): both are kept in checkpoints (`checkpoints.kept_in`), so a training that goes on
    in another process ends with the same weights. Processes that `torchrun` started share each batch; the model must
    start alike in all.
    """
    losses: list[float] = []
    if total := steps(examples, config):
        _Descent(model, examples, total, loss, config).run(step, losses)
    model.eval()
    return losses


def steps(examples: int, config: DescentConfig) -> int:
    """How many there will be."""
    return max(config.epochs * _per_epoch(examples, config), config.least_steps) if examples else 0


def _per_epoch(examples: int, config: DescentConfig) -> int:
    if config.whole:
        return max(1, examples // config.batch)
    return math.ceil(examples / config.batch)


@dataclass
class _Descent:
    model: nn.Module
    examples: int
    total: int
    loss: Loss
    config: DescentConfig
    order: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.long))  # of this epoch

    def __post_init__(self) -> None:
        config = self.config
        self.generator = torch.Generator().manual_seed(config.seed)
        # Fused: with the large tables of n-grams one step costs a quarter.
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=config.rate, weight_decay=config.decay, fused=True
        )
        self.per_epoch = _per_epoch(self.examples, config)

    def run(self, step: Step, losses: list[float]) -> None:
        """Go through all steps that an earlier process has not gone through."""
        checkpoint = Checkpoint.here(self._name())
        peers.agree(self.model)
        self.model.train()
        if (state := checkpoint.taken_up()) is not None:
            self._restore(state)
            for value in state["losses"]:  # told again, so that curves are whole
                losses.append(value)
                step(len(losses), self.total, value)
        long = bool(losses)
        while len(losses) < self.total:
            losses.append(self._step(len(losses)))
            step(len(losses), self.total, losses[-1])
            if checkpoint.due and len(losses) < self.total:
                checkpoint.keep(self._state(losses))
                long = True
        if long:  # another network of this part may be trained after it
            checkpoint.keep(self._state(losses))
        if peers.count() > 1:
            peers.agree(self.model)  # running statistics of batches differ
            torch.manual_seed(self.config.seed)  # what is drawn after this is the same in all again

    def _step(self, done: int) -> float:
        place = done % self.per_epoch
        if place == 0:
            self.order = torch.randperm(self.examples, generator=self.generator)
        batch = self.order[place * self.config.batch :][: self.config.batch].numpy()
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.rate * share_of_rate(done, self.total)
        self.optimiser.zero_grad()
        value = self._backward(batch, done)
        peers.average(self.model.parameters(), len(peers.share(batch)) / len(batch))
        if self.config.clip:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimiser.step()
        return value

    def _backward(self, batch: Rows, done: int) -> float:
        """The loss of this process's share; a small last batch may leave it none."""
        rows = peers.share(batch)
        if not len(rows):
            return 0.0
        with precision.autocast():
            value = self.loss(rows, self._drawing(done))
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    def _drawing(self, done: int) -> torch.Generator:
        """What `loss` and layers draw from: alone the generator of the shuffling, else each process its own."""
        if peers.count() == 1:
            return self.generator
        seed = (self.config.seed * self.total + done) * peers.count() + peers.rank()
        torch.manual_seed(seed)
        return torch.Generator().manual_seed(seed)

    def _name(self) -> str:
        shapes = [[name, list(tensor.shape)] for name, tensor in self.model.state_dict().items()]
        return repr([asdict(self.config), self.examples, self.total, shapes])

    def _state(self, losses: list[float]) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "order": self.order,
            "losses": losses,
            "random": checkpoints.random_state(self.generator),
        }

    def _restore(self, state: checkpoints.State) -> None:
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(dict(state["optimiser"]))
        self.order = state["order"]
        checkpoints.set_random_state(self.generator, state["random"])


def share_of_rate(done: int, total: int) -> float:
    """Share of the peak learning rate after `done` of `total` steps."""
    warmup = max(1, total // 10)
    if done < warmup:
        return (done + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (done - warmup) / max(1, total - warmup)))
