"""Hierarchies of classes: graph, networks, tree leaves and metrics, against numbers worked out by hand."""

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score

from ml.layers.class_graph import ClassGraph, read_paths
from ml.layers.dhmcn import VARIANTS, Dhmcn, DhmcnConfig
from ml.layers.max_constraint import MaxConstraint
from ml.layers.tree_leaves import TreeConfig, TreeLeaves
from ml.training.hierarchy_metrics import hierarchical_precision_recall_f, pooled_average_precision, violations
from ml.types import Tag, Vocabulary
from tests.ml.layer_checks import overfits, parameters, reloaded

#       0     1      2      3        4    5
PATHS = ["a", "a/x", "a/y", "a/y/q", "b", "b/z"]
TREE = read_paths(PATHS)
DIAMOND = ClassGraph(((), (), (0,), (0, 1), (2, 3)))  # 4 hangs below 2 and 3, 3 below both tops


def test_a_tree_is_read_in_levels():
    assert TREE.parents == ((), (0,), (0,), (2,), (), (4,))
    assert [level.tolist() for level in TREE.levels] == [[0, 4], [1, 2, 5], [3]]
    assert TREE.leaves.tolist() == [1, 3, 5]
    assert TREE.edges.tolist() == [[0, 1], [0, 2], [4, 5], [2, 3]]
    assert TREE.ancestors[3] == {0, 2}
    assert TREE.tops.tolist() == [[0], [0], [0], [0], [4], [4]]


def test_a_class_may_have_several_parents():
    assert DIAMOND.level.tolist() == [0, 0, 1, 1, 2]
    assert DIAMOND.ancestors[4] == {0, 1, 2, 3}
    assert DIAMOND.tops.tolist() == [[0, 0], [1, 1], [0, 0], [0, 1], [0, 1]]


def test_a_cycle_is_refused():
    with pytest.raises(ValueError, match="cycle"):
        _ = ClassGraph(((1,), (0,))).level


def test_the_tags_of_a_stack_are_a_tree():
    vocabulary = Vocabulary((Tag(7, "leaf", parent=9), Tag(8, "orphan", parent=99), Tag(9, "top")))
    assert ClassGraph.of(vocabulary).parents == ((2,), (), ())


def test_coherent_scores_are_the_best_of_each_branch():
    scores = np.array([[0.1, 0.2, 0.3, 0.9, 0.5, 0.4]])
    raised = TREE.coherent(scores)
    assert raised.tolist() == [[0.9, 0.2, 0.9, 0.9, 0.5, 0.4]]
    assert violations(scores, TREE) == 3
    assert violations(raised, TREE) == 0
    random = np.random.default_rng(0).random((50, 5))
    assert violations(DIAMOND.coherent(random), DIAMOND) == 0


def network(variant: str, graph: ClassGraph = TREE, **kw) -> Dhmcn:
    torch.manual_seed(1)
    return Dhmcn(DhmcnConfig(7, variant, **({"hidden": 10, "dropout": 0.0} | kw)), graph).eval()


VIDEOS = torch.randn(6, 7, generator=torch.Generator().manual_seed(3))
TARGET = torch.from_numpy(TREE.completed(np.eye(6, dtype=np.float32)))


def numpy_hmcn(model: Dhmcn, x: np.ndarray, dense: bool) -> dict[str, np.ndarray]:
    """Wehrmann et al. 2018, equations 1-7, level by level; fresh batch norms in eval mode only divide."""
    w = {name: tensor.double().numpy() for name, tensor in model.state_dict().items()}
    norm = np.sqrt(1 + 1e-5)
    layer = lambda name, rows: np.maximum(rows @ w[f"{name}.0.weight"].T + w[f"{name}.0.bias"], 0) / norm
    sigmoid = lambda name, rows: 1 / (1 + np.exp(-(rows @ w[f"{name}.weight"].T + w[f"{name}.bias"])))
    above, every, answer = [], [], np.zeros((len(x), 6))
    for h, classes in enumerate(TREE.levels):
        hidden = layer(f"hidden.{h}", np.concatenate([x, *above], axis=1))
        every.append(hidden)
        above = every if dense else [hidden]
        answer[:, classes] = sigmoid(f"local_heads.{h}", layer(f"local.{h}", hidden))
    whole = sigmoid("head", np.concatenate(every, axis=1) if dense else every[-1])
    return {"global": whole, "local": answer, "fused": 0.5 * answer + 0.5 * whole}


@pytest.mark.parametrize(("variant", "dense"), [("hmcn", False), ("v2", True)])
def test_the_network_follows_its_formula(variant, dense):
    model = network(variant)
    expected = numpy_hmcn(model, VIDEOS.double().numpy(), dense)
    parts = model.parts(VIDEOS)
    for name in ("global", "fused"):
        np.testing.assert_allclose(parts[name].detach().numpy(), expected[name], rtol=1e-4)
    only_local = network(variant, share=1.0)
    np.testing.assert_allclose(only_local(VIDEOS).detach().numpy(), expected["local"], rtol=1e-4)


def test_the_first_variant_judges_leaves_locally_and_the_rest_globally():
    parts = network("v1").parts(VIDEOS)
    inner = [0, 2, 4]
    torch.testing.assert_close(parts["fused"][:, inner], parts["global"][:, inner])
    leaves = 0.5 * parts["local_0"] + 0.5 * parts["global"][:, [1, 3, 5]]
    torch.testing.assert_close(parts["fused"][:, [1, 3, 5]], leaves)


def test_a_cascade_weighs_by_the_top_of_the_branch():
    model = network("v3", exponent=2.0)
    fused = torch.tensor([[0.5, 0.8, 0.6, 0.4, 0.1, 0.9]])
    torch.testing.assert_close(model.cascade(fused), torch.tensor([[0.5, 0.2, 0.15, 0.1, 0.1, 0.009]]))


def test_of_several_tops_the_likeliest_counts():
    model = network("v3", DIAMOND, exponent=1.0)
    fused = torch.tensor([[0.2, 0.5, 1.0, 1.0, 1.0]])
    torch.testing.assert_close(model.cascade(fused), torch.tensor([[0.2, 0.5, 0.2, 0.5, 0.5]]))


def test_with_an_exponent_of_nothing_the_third_variant_answers_as_the_second():
    second, third = network("v2"), network("v3", exponent=0.0)
    third.load_state_dict(second.state_dict())
    torch.testing.assert_close(third(VIDEOS), second(VIDEOS))


def test_the_loss_sums_its_terms():
    model = network("v3", violation=0.3, exponent=0.5)
    parts = model.parts(VIDEOS)
    bce = lambda p, y: -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
    answer, said = parts["answer"].detach().numpy(), TARGET.numpy()
    raised = torch.from_numpy(np.where(said > 0, TREE.coherent(answer * said), TREE.coherent(answer)))
    expected = bce(parts["global"], TARGET) + bce(parts["fused"], TARGET) + bce(raised, TARGET)
    for number, classes in enumerate(TREE.levels):
        expected = expected + bce(parts[f"local_{number}"], TARGET[:, classes])
    over = torch.relu(parts["fused"][:, [1, 2, 3, 5]] - parts["fused"][:, [0, 0, 2, 4]])
    torch.testing.assert_close(model.loss(parts, TARGET), expected + 0.3 * over.square().sum() / 6)


@pytest.mark.parametrize("graph", [TREE, DIAMOND])
def test_the_max_constraint_raises_each_class_to_its_branch(graph):
    random = np.random.default_rng(0).random((50, len(graph)))
    np.testing.assert_array_equal(MaxConstraint(graph)(torch.from_numpy(random)).numpy(), graph.coherent(random))


def test_a_class_that_holds_is_raised_only_by_those_below_it_that_hold():
    probability = torch.tensor([[0.1, 0.2, 0.3, 0.9, 0.5, 0.4]], requires_grad=True)
    target = torch.tensor([[1.0, 1.0, 0.0, 0.0, 0.0, 0.0]])
    loss = MaxConstraint(TREE).loss(probability, target, torch.ones(1, 6))
    # a is raised by a/x alone, though a/y/q is likelier; a/y is no more than a/y/q, b no more than itself.
    expected = -np.log([0.2, 0.2, 1 - 0.9, 1 - 0.9, 1 - 0.5, 1 - 0.4]).mean()
    assert float(loss.detach()) == pytest.approx(expected)
    loss.backward()
    assert probability.grad[0, [0, 2]].tolist() == [0, 0], "what is raised by another learns through that one"
    assert probability.grad[0, 1] < 0 < probability.grad[0, 3]


def test_a_network_that_knows_nothing_yet_says_the_share_of_each_class():
    network = Dhmcn(DhmcnConfig(4, "v2"), TREE).eval()
    for head in (network.head, *network.local_heads):
        torch.nn.init.zeros_(head.weight)
    share = torch.tensor([0.4, 0.1, 0.3, 0.0, 0.5, 0.2])
    network.start(share)
    torch.testing.assert_close(network(torch.randn(2, 4)), share.clamp(min=1e-4).expand(2, -1))


def test_what_has_no_weight_teaches_nothing():
    model, weight = network("v1", violation=0.0), torch.ones_like(TARGET)
    weight[:, 5] = 0
    model.loss(model.parts(VIDEOS), TARGET, weight).backward()
    assert (model.head.weight.grad[5] == 0).all()
    assert (model.head.weight.grad[4] != 0).any()


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_network_learns_one_batch_by_heart_and_keeps_its_bits(variant, tmp_path):
    model = network(variant)
    assert overfits(model, lambda: model.loss(model.parts(VIDEOS), TARGET), 150) < 0.2
    assert torch.equal((model(VIDEOS) > 0.5).float(), TARGET)
    assert torch.equal(reloaded(model, network(variant), tmp_path)(VIDEOS), model(VIDEOS))


def test_a_network_has_as_many_weights_as_its_formula_says():
    layer = lambda width: width * 10 + 10 + 20
    local = 3 * layer(10) + (10 * 2 + 2) + (10 * 3 + 3) + (10 * 1 + 1)
    assert parameters(network("hmcn")) == layer(7) + 2 * layer(17) + (10 * 6 + 6) + local
    assert parameters(network("v3")) == layer(7) + layer(17) + layer(27) + (30 * 6 + 6) + local


def test_an_unknown_variant_is_refused():
    with pytest.raises(ValueError, match="unknown variant 'v4'; known: hmcn, v1, v2, v3"):
        DhmcnConfig(3, "v4")


def test_leaves_are_numbered_tree_after_tree_and_survive_a_file():
    rows = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    labels = np.stack([rows[:, 0] > 0, rows[:, 1] > 0.3, np.zeros(200, bool)], axis=1)
    rows[::7, 2] = np.nan  # unknown, not zero
    trees = TreeLeaves.fit(rows, labels, TreeConfig(classes=3, trees=2, leaves=4))
    found = trees.find(rows)
    assert found.shape == (200, 2 * 2)  # nobody has the third class
    assert trees.count <= 16
    starts = trees.starts.tolist()
    for tree, (start, end) in enumerate(zip(starts, [*starts[1:], trees.count], strict=True)):
        assert set(found[:, tree]) == set(range(start, end))
    again = TreeLeaves.read(trees.write())
    assert np.array_equal(again.find(rows), found)


def test_without_classes_to_tell_apart_there_are_no_leaves():
    trees = TreeLeaves.fit(np.zeros((5, 2), np.float32), np.ones((5, 1)), TreeConfig())
    assert (trees.count, trees.find(np.zeros((3, 2), np.float32)).shape) == (0, (3, 0))
    assert TreeLeaves.read(trees.write()).count == 0


def test_pooled_average_precision_of_a_worked_example():
    labels, scores = np.array([[1, 0], [1, 0]]), np.array([[0.9, 0.8], [0.7, 0.1]])
    assert pooled_average_precision(scores, labels) == pytest.approx((1 + 2 / 3) / 2)
    random = np.random.default_rng(1).random((20, 6))
    said = random > 0.6
    assert pooled_average_precision(random**2, said) == average_precision_score(said, random**2, average="micro")


def test_hierarchical_precision_and_recall_count_ancestors():
    said, true = np.zeros((2, 6), bool), np.zeros((2, 6), bool)
    said[0, 1] = true[0, 3] = True  # {a, a/x} against {a, a/y, a/y/q}
    said[1, 5] = true[1, 5] = True  # {b, b/z}
    precision, recall, f = hierarchical_precision_recall_f(said, true, TREE)
    assert (precision, recall) == (3 / 4, 3 / 5)
    assert f == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert hierarchical_precision_recall_f(said & False, true, TREE) == (0, 0, 0)
