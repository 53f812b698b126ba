"""The optimiser loop: it goes on where a killed process stopped, and several processes descend as one."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from ml.layers import checkpoints, peers, precision
from ml.layers.checkpoints import Checkpoint
from ml.layers.descent import DescentConfig, descend
from ml.parts import silent
from tests import processes

CONFIG = DescentConfig(epochs=3, least_steps=1, batch=4, rate=1e-2)


class Network(nn.Module):
    """Two layers, with dropout and batch statistics where they are wanted."""

    def __init__(self, noisy: bool = True) -> None:
        super().__init__()
        torch.manual_seed(7)
        self.noisy = noisy
        between = [nn.BatchNorm1d(8), nn.Dropout(0.5)] if noisy else []
        self.layers = nn.Sequential(nn.Linear(3, 8), *between, nn.ReLU(), nn.Linear(8, 1))

    def learn(self, step=silent, videos: int = 18, config: DescentConfig = CONFIG) -> list[float]:
        x = torch.from_numpy(np.random.default_rng(0).normal(size=(videos, 3)).astype(np.float32))
        wanted = x.sum(1, keepdim=True)

        def loss(rows, generator):
            noise = 0.01 * torch.rand(1, generator=generator) if self.noisy else 0.0
            return nn.functional.mse_loss(self.layers(x[rows]) + noise, wanted[rows])

        return descend(self, videos, loss, config, step)


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def train_two_and_die(folder: Path) -> None:
    def step(done, total, loss):
        if done == 8:
            os.kill(os.getpid(), signal.SIGKILL)

    with checkpoints.kept_in(folder, seconds=0.0):
        Network().learn()
        Network().learn(step)


def test_a_killed_training_ends_as_one_that_was_not(tmp_path):
    assert processes.run(train_two_and_die, tmp_path) == -signal.SIGKILL

    losses, told = (whole := Network()).learn(), []
    with checkpoints.kept_in(tmp_path, seconds=0.0):
        Network().learn()
        again = (resumed := Network()).learn(lambda done, total, loss: told.append(done))
    assert torch.load(tmp_path / "2.pt", weights_only=True)["losses"] == losses
    assert again == losses
    assert told == list(range(1, 16))  # curves are whole
    assert same(whole, resumed)


def test_another_training_does_not_go_on_from_it(tmp_path):
    processes.run(train_two_and_die, tmp_path)
    longer = DescentConfig(epochs=4, least_steps=1, batch=4, rate=1e-2)
    with checkpoints.kept_in(tmp_path, seconds=0.0):
        (other := Network()).learn(config=longer)
    (alone := Network()).learn(config=longer)
    assert same(other, alone)


def test_a_damaged_checkpoint_counts_as_none(tmp_path):
    with checkpoints.kept_in(tmp_path, seconds=0.0):
        (tmp_path / "1.pt").write_bytes(b"half a file")
        assert Checkpoint.here("x").taken_up() is None


def test_short_trainings_keep_nothing(tmp_path):
    with checkpoints.kept_in(tmp_path, seconds=60.0):
        Network().learn()
    assert not list(tmp_path.iterdir())


def learn_with_others(folder: Path) -> None:
    with peers.joined():
        network = Network(noisy=False)
        if not peers.leads():  # another start: the first one's counts
            nn.init.zeros_(network.layers[0].weight)
        losses = network.learn()
        found = {"weights": [p.tolist() for p in network.parameters()], "losses": losses}
        (folder / f"{peers.rank()}.json").write_text(json.dumps(found))


def test_two_processes_descend_as_one_does(tmp_path):
    assert processes.together(2, learn_with_others, tmp_path) == [0, 0]

    alone = Network(noisy=False)
    alone.learn()
    first, second = (json.loads((tmp_path / f"{rank}.json").read_text()) for rank in range(2))
    assert first["weights"] == second["weights"]
    for mine, theirs in zip(alone.parameters(), first["weights"], strict=True):
        assert torch.allclose(mine, torch.tensor(theirs), atol=1e-5)


def test_precision_is_one_of_the_known_kinds():
    with pytest.raises(ValueError, match="float32, bf16"), precision.trained_in("float8"):
        pass
    with precision.trained_in("bf16"), precision.autocast():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == torch.float32  # on a CPU it is off
