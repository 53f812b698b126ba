"""The layers, each against its formula."""

import numpy as np
import pytest
import torch

from ml.layers.asymmetric_loss import asymmetric_loss
from ml.layers.contrastive_loss import contrastive_loss
from ml.layers.descent import DescentConfig, descend
from ml.layers.fusion import Fusion, FusionConfig
from ml.layers.grams import GramTable, grams
from ml.layers.inputs import Inputs, widths
from ml.layers.selection import top
from ml.layers.tag_head import TagHead
from ml.layers.warm_start import shared_rows, take_over
from ml.parts import silent
from tests.ml.stack_data import directions, make_features


def head_of(tags: int, dim: int = 4, width: int = 6) -> TagHead:
    torch.manual_seed(0)
    return TagHead(dim, torch.from_numpy(directions(tags, width, seed=5)))


def test_adding_a_tag_never_changes_the_other_logits():
    small, large, videos = head_of(3), head_of(4), torch.randn(5, 4)
    large.names[:3] = small.names
    take_over(
        large,
        small,
        {
            name: shared_rows([1, 2, 3, 4], [1, 2, 3])
            for name in ("linear.weight", "linear.bias", "delta", "names", "seen")
        },
    )
    torch.testing.assert_close(large(videos)[:, :3], small(videos))


def test_a_tag_without_examples_is_ranked_by_cosine():
    head, videos = head_of(4), torch.randn(5, 4)
    head.leave_unseen(torch.zeros(4, dtype=torch.bool))
    cosine = torch.nn.functional.normalize(videos @ head.project.T, dim=-1) @ head.names.T
    assert torch.equal(head(videos).argsort(dim=1), cosine.argsort(dim=1))


def test_the_asymmetric_loss_follows_its_formula():
    logits = torch.tensor([[2.0, -1.0, 0.5, 3.0]])
    said, refused, ignored = (torch.tensor([row]) for row in ([1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]))
    p = torch.sigmoid(logits[0])
    doubtful = -((p[2] - 0.05) ** 4) * torch.log(1 - (p[2] - 0.05))
    expected = -torch.log(p[0]) - torch.log(1 - p[1]) + doubtful
    torch.testing.assert_close(asymmetric_loss(logits, said, refused, ignored), expected)


def test_an_unlikely_tag_that_nobody_spoke_of_costs_nothing():
    zero = torch.zeros(1, 1)
    assert asymmetric_loss(torch.tensor([[-4.0]]), zero, zero, zero).item() == 0
    assert asymmetric_loss(torch.tensor([[-4.0]]), zero, torch.ones(1, 1), zero).item() > 0


def test_with_all_tags_as_negatives_the_contrastive_loss_is_the_full_softmax():
    logits, said = torch.randn(3, 5), torch.nn.functional.one_hot(torch.tensor([0, 3, 4]), 5).float()
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor([0, 3, 4]))
    torch.testing.assert_close(contrastive_loss(logits, said, torch.ones(3, 5)), expected)


def test_another_true_tag_is_never_a_negative():
    logits = torch.tensor([[1.0, 2.0, 0.0]], requires_grad=True)
    said = torch.tensor([[1.0, 1.0, 0.0]])
    contrastive_loss(logits, said, torch.ones(1, 3)).backward()
    assert (logits.grad[0, :2] < 0).all()
    alone = contrastive_loss(logits, said, torch.zeros(1, 3))
    assert alone.item() == 0


def test_a_video_without_tags_teaches_the_ranker_nothing():
    assert contrastive_loss(torch.randn(2, 3), torch.zeros(2, 3), torch.ones(2, 3)).item() == 0


def test_grams_are_the_same_for_equal_texts_and_known_in_any_language():
    assert grams("Ｃats  RUN") == grams("cats run")
    assert len(grams("做饭吧")) == 3 + 2 + 1
    assert grams("") == []


def test_an_encoded_text_has_length_one_and_unknown_grams_are_left_out():
    table = GramTable.count(["red cat", "red dog", "做饭"], at_least=2)
    rows = table.encode(["red fish", "", "xyz"])
    assert rows.shape == (3, len(table))
    assert np.linalg.norm(rows[0].toarray()) == pytest.approx(1.0)
    assert rows[1:].nnz == 0
    assert np.all(np.diff(table.hashes) > 0)


def test_a_missing_modality_is_its_learned_vector_not_zeros():
    features = [make_features(1), make_features(1, sound=False)]
    shape = widths(features)
    model = Fusion(FusionConfig(shape, grams=0, dim=8)).eval()
    inputs = Inputs.collate(features, shape, GramTable.count([]))
    whole, lacking = model(inputs)
    assert not torch.equal(whole, lacking)
    torch.testing.assert_close(model(inputs.without("sound"))[0], lacking, rtol=1e-4, atol=1e-5)
    with torch.no_grad():
        model.missing["sound"] += 1.0
    assert not torch.equal(model(inputs)[1], lacking)
    torch.testing.assert_close(model(inputs)[0], whole)


def test_modalities_are_dropped_only_where_they_are():
    features = [make_features(i, frames=i % 2 == 0) for i in range(40)]
    inputs = Inputs.collate(features, widths(features), GramTable.count([]))
    dropped = inputs.dropped(0.5, torch.Generator().manual_seed(0))
    assert not (dropped.present["frames"] & ~inputs.present["frames"]).any()
    assert 0 < dropped.present["text"].sum() < 40


def test_top_breaks_ties_by_column():
    scores = np.array([[1.0, 3.0, 1.0, 3.0, -np.inf], [0.0, 0.0, 0.0, 0.0, 0.0]])
    assert [row.tolist() for row in top(scores, 3)] == [[1, 3, 0], [0, 1, 2]]
    assert [row.tolist() for row in top(scores, 9)] == [[1, 3, 0, 2], [0, 1, 2, 3, 4]]


def test_what_came_and_went_keeps_its_own_weights():
    old, new = torch.nn.Linear(4, 3), torch.nn.Linear(4, 2)
    fresh = new.weight[1].clone()
    take_over(new, old, {"weight": shared_rows([7, 8], [9, 5, 7]), "bias": shared_rows([7, 8], [9, 5, 7])})
    assert torch.equal(new.weight[0], old.weight[2])
    assert torch.equal(new.weight[1], fresh)


def test_descent_tells_each_step_and_stops_when_told():
    model, told = torch.nn.Linear(1, 1), []

    def step(done, total, loss):
        told.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        descend(model, 10, lambda rows, _: model.weight.sum() ** 2, DescentConfig(1, least_steps=5, batch=4), step)
    assert told == [(1, 5), (2, 5), (3, 5)]


def test_descent_on_nothing_does_nothing():
    model = torch.nn.Linear(1, 1)
    assert descend(model, 0, lambda rows, _: model.weight.sum(), DescentConfig(), silent) == []
