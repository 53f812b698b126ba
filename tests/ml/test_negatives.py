"""Negatives of the contrastive ranker: who may be one, and what each stands for."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from ml.layers.contrastive_loss import contrastive_loss
from ml.parts import TrainingSet
from ml.ranking.sampling import Sampler, SamplerSettings, inclusion, systematic
from ml.ranking.two_hops import Guards, TwoHops
from ml.types import Features, Tag, VideoInput, Vocabulary

A, B, C, D, E = range(5)
FREE = Guards(likely=1.0, margin=None)


def make_set(*said: set[int], vocabulary: Vocabulary | None = None) -> TrainingSet:
    vocabulary = vocabulary or Vocabulary(tuple(Tag(i, name) for i, name in enumerate("abcde")))
    features = [Features(VideoInput(i)) for i in range(len(said))]
    nothing = [frozenset()] * len(said)
    return TrainingSet(
        vocabulary, np.zeros((len(vocabulary), 0), np.float32), features, list(map(frozenset, said)), nothing
    )


def hard(data: TrainingSet, guards: Guards = FREE, teacher=None) -> list[set[int]]:
    found = TwoHops(data, guards, teacher).find(np.arange(len(data)))
    assert (found.data > 0).all()
    return [set(row.indices.tolist()) for row in found]


# a - b in the first video, b - c in the second, c - d in the third; e stands alone.
CHAIN = ({A, B}, {B, C}, {C, D}, {E})


def test_hard_negatives_are_the_tags_two_hops_away():
    assert hard(make_set(*CHAIN)) == [{C}, {A, D}, {B}, set()]


def test_closer_company_weighs_more():
    data = make_set({A}, {A, B}, {A, B}, {A, C}, {C}, {C}, {D})
    weights = TwoHops(data, FREE).find(np.array([0])).toarray()[0]
    assert weights[B] > weights[C] > 0
    # a in 4 of 7 videos, b in 2, both in 2: PMI ln(2 * 7 / (4 * 2)), over -ln(2 / 7).
    assert weights[B] == pytest.approx((1 + np.log(14 / 8) / np.log(7 / 2)) / 2)


def test_company_that_is_nearly_certain_is_no_negative():
    data = make_set({A}, {A, B}, {A, B}, {A, C})  # b goes with a in 2 of 4 videos, c in 1
    assert hard(data)[0] == {B, C}
    assert hard(data, replace(FREE, likely=0.4))[0] == {C}


def test_kin_and_other_names_of_a_said_tag_are_no_negatives():
    tags = (Tag(0, "sport"), Tag(1, "ball", parent=0), Tag(2, "futsal", parent=1), Tag(3, "Ball"), Tag(4, "rain"))
    data = make_set({1}, {1, 0}, {1, 2}, {1, 3}, {1, 4}, vocabulary=Vocabulary(tags))
    assert hard(data)[0] == {4}
    # Where the reviewer went on to futsal, a further tag under ball would have been said too.
    siblings = (*tags, Tag(5, "volley", parent=1))
    data = make_set({0, 1, 2}, {0, 1, 5}, vocabulary=Vocabulary(siblings))
    assert hard(data) == [{5}, {2}]


def test_what_the_teacher_holds_as_likely_as_a_said_tag_is_no_negative():
    teacher = sparse.csr_matrix(np.array([[0.9, 0.8, 0.79, 0, 0], [0] * 5, [0] * 5, [0] * 5], float))
    assert hard(make_set(*CHAIN), replace(FREE, margin=0.95), teacher)[0] == set()
    assert hard(make_set(*CHAIN), replace(FREE, margin=0.99), teacher)[0] == {C}
    assert hard(make_set(*CHAIN), replace(FREE, margin=0.95), teacher * 0)[0] == {C}  # it knows no said tag


TAGS = 12
TREE = Vocabulary(tuple(Tag(i, f"t{i % 9}", parent=i - 4 if i >= 8 else None) for i in range(TAGS)))  # t0, t1, t2 twice


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sets(st.integers(0, TAGS - 1), max_size=4), min_size=2, max_size=6),
    st.integers(1, 14),
    st.booleans(),
    st.booleans(),
    st.integers(0, 99),
)
def test_no_true_tag_is_ever_a_negative(said, count, in_batch, tough, seed):
    data = make_set(*said, vocabulary=TREE)
    rows = np.arange(len(data))
    everything = sparse.csr_matrix(np.ones((len(data), TAGS)))
    sampler = Sampler(data, SamplerSettings(count, 0.5, in_batch), TwoHops(data, FREE), everything)
    drawn = sampler.draw(rows, tough, np.random.default_rng(seed))
    for i, mine in enumerate(data.tags):
        negative = set(drawn.columns[drawn.weight[i] > 0].tolist())
        names = {TREE.tags[tag].name for tag in mine}
        above = {parent for tag in mine if (parent := TREE.tags[tag].parent) is not None}
        assert not negative & (mine | above | {t.id for t in TREE if t.name in names})
        assert set(drawn.columns[drawn.positive[i] > 0].tolist()) == mine


def test_drawing_all_tags_gives_the_whole_softmax():
    data = make_set(*CHAIN)
    plain = SamplerSettings(count=5, hard=0.0, in_batch=False, proposed=0.0)
    drawn = Sampler(data, plain, None, sparse.csr_matrix((4, 5))).draw(np.arange(4), False, np.random.default_rng(0))
    assert drawn.columns.tolist() == [A, B, C, D, E]
    logits = torch.randn(4, 5, generator=torch.Generator().manual_seed(0))
    loss = contrastive_loss(logits, torch.from_numpy(drawn.positive), torch.from_numpy(drawn.weight))
    # By hand: each said tag against itself and all unsaid ones.
    expected = []
    for row, mine in zip(logits.double().numpy(), CHAIN, strict=True):
        unsaid = np.exp(row[[t for t in range(5) if t not in mine]]).sum()
        expected.append(np.mean([-np.log(np.exp(row[t]) / (np.exp(row[t]) + unsaid)) for t in mine]))
    assert loss.item() == pytest.approx(np.mean(expected), rel=1e-5)


@pytest.mark.parametrize("in_batch", [False, True])
def test_a_few_drawn_tags_stand_for_all(in_batch):
    """Log Q correction: on average the weighted sum over drawn tags is the sum over all tags."""
    random = np.random.default_rng(0)
    said = [set(random.choice(40, 2, replace=False, p=np.arange(1, 41) / 820).tolist()) for _ in range(400)]
    data = make_set(*said, vocabulary=Vocabulary(tuple(Tag(i, f"t{i}") for i in range(40))))
    sampler = Sampler(data, SamplerSettings(8, 0.0, in_batch, proposed=0.0), None, sparse.csr_matrix((400, 40)))
    values, sums, true = np.linspace(1, 3, 40), [], []
    for _ in range(80):
        rows = random.choice(400, 8, replace=False)
        drawn = sampler.draw(rows, False, random)
        sums.append((drawn.weight * values[drawn.columns]).sum(axis=1).mean())
        true.append(np.mean([values.sum() - values[list(said[i])].sum() for i in rows]))
    assert np.mean(sums) == pytest.approx(np.mean(true), rel=0.05)


def test_hard_negatives_take_their_share_of_the_weight():
    data = make_set(*CHAIN)
    sampler = Sampler(
        data, SamplerSettings(2, 0.5, False, proposed=0.0), TwoHops(data, FREE), sparse.csr_matrix((4, 5))
    )
    rows = np.zeros(2000, np.int64)  # the first video again and again: {a, b}, its hard negative is c
    mean = sampler.draw(rows, True, np.random.default_rng(0)).weight.mean(axis=0)
    # Easy: c, d and e stand for themselves by half. Hard: one of two negatives stands for 5 / 2 tags.
    np.testing.assert_allclose(mean, [0, 0, 0.5 + 2.5, 0.5, 0.5], atol=0.1)


def test_another_said_tag_gets_no_push_away():
    logits = torch.zeros(1, 3, requires_grad=True)
    positive = torch.tensor([[1.0, 1.0, 0.0]])
    contrastive_loss(logits, positive, torch.ones(1, 3)).backward()
    assert (logits.grad[0, :2] < 0).all()
    assert logits.grad[0, 2] > 0


def test_items_are_drawn_as_often_as_their_size_says():
    chance = inclusion(np.array([10.0, 1.0, 1.0, 2.0]), 2)
    np.testing.assert_allclose(chance, [1, 0.25, 0.25, 0.5])
    draws = systematic(chance, 4000, np.random.default_rng(0))
    assert {len(draw) for draw in draws} == {2}
    np.testing.assert_allclose(np.bincount(np.concatenate(draws)) / 4000, chance, atol=0.03)
