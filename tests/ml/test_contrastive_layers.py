"""MoCo and SimCLR against their definitions."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ml.layers.momentum_contrast import ContrastConfig, MomentumContrast, in_groups
from ml.layers.projection import Projected
from ml.layers.simclr import normalised_temperature_loss


def make_moco(**kw):
    torch.manual_seed(0)
    encoder = Projected(nn.Linear(6, 8), 8, 4)
    return MomentumContrast(encoder, ContrastConfig(**{"dim": 4, "queue": 12, "groups": 2} | kw))


def turn(moco, seed=0, batch=4, owners=None):
    generator = torch.Generator().manual_seed(seed)
    queries, keys = (torch.randn(batch, 6, generator=generator) for _ in range(2))
    owners = torch.arange(batch) + 100 * seed if owners is None else owners
    return moco.loss(queries, keys, owners, torch.randperm(batch, generator=generator))


def test_keys_have_no_gradient():
    moco = make_moco()

    turn(moco).backward()

    assert all(p.grad is not None for p in moco.query.parameters())
    assert all(p.grad is None for p in moco.key.parameters())


def test_the_key_encoder_follows_exactly_and_before_it_encodes():
    moco = make_moco(momentum=0.9)
    with torch.no_grad():
        for parameter in moco.query.parameters():
            parameter.add_(1.0)
    pairs = zip(moco.key.parameters(), moco.query.parameters(), strict=True)
    expected = [0.9 * key + 0.1 * query for key, query in pairs]
    keys = torch.randn(4, 6)

    moco.loss(torch.randn(4, 6), keys, torch.arange(4), torch.arange(4))

    assert all(torch.allclose(p, e) for p, e in zip(moco.key.parameters(), expected, strict=True))
    assert torch.allclose(moco.keys[:4], nn.functional.normalize(moco.key(keys), dim=-1), atol=1e-6)


def test_logits_are_those_of_the_algorithm():
    moco = make_moco(temperature=0.3)
    queries, keys, order = torch.randn(4, 6), torch.randn(4, 6), torch.tensor([2, 0, 3, 1])
    queue = moco.keys.clone().numpy()

    logits = moco(queries, keys, torch.arange(4), order).detach().numpy()

    unit = lambda rows: rows / np.linalg.norm(rows, axis=1, keepdims=True)
    q, k = (unit(moco.query(x).detach().numpy()) for x in (queries, keys))  # momentum moved nothing yet
    assert logits == pytest.approx(np.concatenate([(q * k).sum(1)[:, None], q @ queue.T], axis=1) / 0.3, abs=1e-5)


def test_the_queue_is_first_in_first_out_and_wraps():
    moco = make_moco()

    for seed in range(1, 5):
        turn(moco, seed)

    assert int(moco.place) == 4
    assert moco.owners.tolist() == [400, 401, 402, 403, 200, 201, 202, 203, 300, 301, 302, 303]


def test_a_batch_may_run_over_the_end_of_the_queue():
    moco = make_moco(queue=6)

    for seed in (1, 2):
        turn(moco, seed)

    assert moco.owners.tolist() == [202, 203, 102, 103, 200, 201]
    assert int(moco.place) == 2


def test_keys_in_bfloat16_are_kept_in_the_queue_as_they_are():
    moco = make_moco()
    before = moco.keys.clone()

    with torch.autocast("cpu", torch.bfloat16):
        turn(moco).backward()

    assert not torch.equal(moco.keys[:4], before[:4])
    assert torch.equal(moco.keys[:4], moco.keys[:4].bfloat16().float())  # that is what they were encoded in


def test_a_queue_shorter_than_a_batch_is_refused():
    with pytest.raises(ValueError, match="a queue of 12 keys is shorter than a batch of 13"):
        turn(make_moco(), batch=13)


def test_older_keys_of_the_same_thing_are_no_negatives():
    moco, owners = make_moco(), torch.arange(4)
    turn(moco, 1, owners=owners)

    logits = moco(torch.randn(4, 6), torch.randn(4, 6), owners, torch.arange(4))

    assert torch.isinf(logits[:, 1:5]).equal(torch.eye(4, dtype=torch.bool))
    assert not torch.isinf(logits[:, 5:]).any()
    assert not torch.isinf(logits[:, 0]).any()


def test_random_features_lose_the_logarithm_of_the_choices():
    torch.manual_seed(0)
    queue = 65_536
    moco = MomentumContrast(nn.Identity(), ContrastConfig(dim=128, queue=queue, temperature=1.0))

    loss = moco.loss(torch.randn(64, 128), torch.randn(64, 128), torch.arange(64), torch.arange(64))

    assert float(loss) == pytest.approx(math.log(queue + 1), abs=0.05)  # 11.09


def test_a_group_knows_nothing_of_the_statistics_of_another():
    norm, pictures = nn.BatchNorm1d(3).train(), torch.randn(8, 3)
    other = torch.cat([pictures[:4], 100 * pictures[4:]])

    assert torch.equal(in_groups(norm, pictures, 2)[:4], in_groups(norm, other, 2)[:4])
    assert not torch.allclose(in_groups(norm, pictures, 1)[:4], in_groups(norm, other, 1)[:4])
    assert len(in_groups(norm, pictures[:3], 4)) == 3


def test_the_loss_of_two_views_is_that_of_the_definition():
    one, other = torch.randn(3, 5), torch.randn(3, 5)
    views = torch.cat([one, other]).numpy()
    views = views / np.linalg.norm(views, axis=1, keepdims=True)

    terms = []
    for i in range(6):
        partner = (i + 3) % 6
        rest = sum(math.exp(views[i] @ views[k] / 0.5) for k in range(6) if k != i)
        terms.append(-math.log(math.exp(views[i] @ views[partner] / 0.5) / rest))

    assert float(normalised_temperature_loss(one, other, 0.5)) == pytest.approx(np.mean(terms), abs=1e-5)


def test_views_that_agree_lose_less():
    one = torch.eye(4)

    assert normalised_temperature_loss(one, one) < normalised_temperature_loss(one, one.roll(1, 0))
