"""Frames to one vector: each aggregation against its formula in numpy."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from ml.layers.batch_norm import BatchNorm
from ml.layers.expert_head import ExpertConfig, ExpertHead, expert_loss
from ml.layers.gated_attention import GatedAttention, GatedAttentionConfig
from ml.layers.gating import ContextGate, SqueezeGate
from ml.layers.mixnextvlad import Branch, BranchConfig, MixConfig, MixNextVlad, Mixture, distillation, masked_mean
from ml.layers.netvlad import NetVlad, NetVladConfig
from ml.layers.nextvlad import NextVlad, NextVladConfig
from tests.ml.layer_checks import overfits, parameters, reloaded

WIDTH = 8
LONG, SHORT = 6, 4


def frames(videos: int = 3, count: int = LONG, width: int = WIDTH, seed: int = 0) -> torch.Tensor:
    return torch.randn(videos, count, width, generator=torch.Generator().manual_seed(seed))


def present(videos: int = 3, count: int = LONG, lengths: tuple[int, ...] | None = None) -> torch.Tensor:
    lengths = lengths or (count,) * videos
    return torch.arange(count)[None] < torch.tensor(lengths)[:, None]


def trained_norms(model: torch.nn.Module) -> torch.nn.Module:
    """Batch norms with statistics and weights that are not the identity, in eval mode."""
    generator = torch.Generator().manual_seed(9)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, BatchNorm):
                module.running_mean += 0.1 * torch.randn(module.num_features, generator=generator)
                module.running_var += torch.rand(module.num_features, generator=generator)
                module.weight += 0.3 * torch.randn(module.num_features, generator=generator)
                module.bias += 0.1 * torch.randn(module.num_features, generator=generator)
    return model.eval()


POOLS = {
    "netvlad": lambda: NetVlad(NetVladConfig(WIDTH, clusters=4, hidden=10)),
    "nextvlad": lambda: NextVlad(NextVladConfig(WIDTH, clusters=4, groups=2)),
    "gated attention": lambda: GatedAttention(GatedAttentionConfig(WIDTH, heads=2, hidden=5, ratio=4)),
}


@pytest.fixture(params=POOLS)
def pool(request):
    torch.manual_seed(1)
    return trained_norms(POOLS[request.param]())


def test_masked_frames_change_nothing(pool):
    shown = frames()
    padded = torch.cat([shown, 100 * torch.randn(3, 5, WIDTH)], dim=1)
    mask = torch.cat([present(), torch.zeros(3, 5, dtype=torch.bool)], dim=1)
    torch.testing.assert_close(pool(padded, mask), pool(shown, present()))


def test_masked_frames_do_not_shift_the_statistics_of_training(pool):
    shown = frames()
    padded = torch.cat([shown, 100 * torch.randn(3, 5, WIDTH)], dim=1)
    mask = torch.cat([present(), torch.zeros(3, 5, dtype=torch.bool)], dim=1)
    pool.train()
    torch.testing.assert_close(pool(padded, mask), pool(shown, present()))


def test_the_order_of_frames_changes_nothing(pool):
    order = torch.tensor([5, 2, 0, 3, 1, 4])
    torch.testing.assert_close(pool(frames()[:, order], present()), pool(frames(), present()))


def test_a_video_without_frames_gives_numbers(pool):
    answer = pool(frames(), present(lengths=(6, 0, 2)))
    assert torch.isfinite(answer).all()
    torch.testing.assert_close(answer[0], pool(frames(), present())[0])


def test_one_video_alone_can_be_trained_on(pool):
    pool.train()
    assert torch.isfinite(pool(frames(1, 1), present(1, 1))).all()


def test_no_gradient_flows_into_masked_frames(pool):
    shown = frames().requires_grad_()
    pool(shown, present(lengths=(6, 3, 1))).square().sum().backward()
    assert (shown.grad[1, 3:] == 0).all()
    assert (shown.grad[2, 1:] == 0).all()
    assert (shown.grad[0] != 0).any(dim=-1).all()


def test_saved_pools_give_the_same_bits(pool, request, tmp_path):
    fresh = POOLS[request.node.callspec.params["pool"]]()
    again = reloaded(pool, fresh, tmp_path)
    assert torch.equal(again(frames(), present()), pool(frames(), present()))


def test_a_pool_learns_one_batch_by_heart(pool):
    head = torch.nn.Linear(pool(frames(), present()).shape[1], 3)
    model = torch.nn.ModuleList([pool, head])
    loss = lambda: F.cross_entropy(head(pool(frames(), present(lengths=(6, 5, 4)))), torch.arange(3))
    assert overfits(model, loss, steps=80) < 0.05


def numpy_nextvlad(model: NextVlad, x: np.ndarray) -> np.ndarray:
    """One video, written anew from equations 6-9 of the paper, group by group."""
    w = {name: tensor.double().numpy() for name, tensor in model.state_dict().items()}
    groups, clusters, d = model.config.groups, model.config.clusters, model.config.group_width
    wide = x @ w["expand.weight"].T + w["expand.bias"]
    attention = 1 / (1 + np.exp(-(wide @ w["attend.weight"].T + w["attend.bias"])))
    logits = wide @ w["assign.weight"].T
    spread = np.sqrt(w["assign_norm.running_var"] + 1e-5)
    logits = (logits - w["assign_norm.running_mean"]) / spread * w["assign_norm.weight"] + w["assign_norm.bias"]
    vlad = np.zeros((d, clusters))
    for i in range(len(x)):
        for g in range(groups):
            e = np.exp(logits[i, g * clusters : (g + 1) * clusters])
            for k in range(clusters):
                part = wide[i, g * d : (g + 1) * d] - w["centres"][:, k]
                vlad[:, k] += attention[i, g] * (e / e.sum())[k] * part
    vlad /= np.linalg.norm(vlad, axis=0)
    flat = vlad.reshape(-1)
    return (flat - w["norm.running_mean"]) / np.sqrt(w["norm.running_var"] + 1e-5) * w["norm.weight"] + w["norm.bias"]


def test_nextvlad_follows_its_formula():
    torch.manual_seed(2)
    model = trained_norms(NextVlad(NextVladConfig(WIDTH, clusters=3, groups=4)))
    expected = numpy_nextvlad(model, frames(1)[0].double().numpy())
    np.testing.assert_allclose(model(frames(1), present(1))[0].detach().numpy(), expected, rtol=1e-4, atol=1e-5)


def test_netvlad_of_two_frames_and_one_cluster_by_hand():
    model = NetVlad(NetVladConfig(2, clusters=1, hidden=2)).eval()
    with torch.no_grad():
        model.centres.copy_(torch.tensor([[1.0], [0.0]]))
    shown = torch.tensor([[[2.0, 3.0], [3.0, 1.0]]])  # residuals (1, 3) and (2, 1), together (3, 4)
    vlad = model.residuals(shown, present(1, 2))
    torch.testing.assert_close(vlad, torch.tensor([[[0.6], [0.8]]]))


def test_nextvlad_with_one_open_group_is_netvlad():
    torch.manual_seed(3)
    plain = NetVlad(NetVladConfig(WIDTH, clusters=4, hidden=5)).eval()
    model = NextVlad(NextVladConfig(WIDTH, clusters=4, groups=1, expansion=1)).eval()
    with torch.no_grad():
        model.expand.weight.copy_(torch.eye(WIDTH))
        model.expand.bias.zero_()
        model.attend.weight.zero_()
        model.attend.bias.fill_(100.0)  # sigmoid = 1
        model.assign.weight.copy_(plain.assign.weight)
        model.centres.copy_(plain.centres)
    mask = present(lengths=(6, 4, 1))
    torch.testing.assert_close(model.residuals(frames(), mask), plain.residuals(frames(), mask))


def test_groups_must_divide_the_frame():
    with pytest.raises(ValueError, match="3 groups do not divide an expanded frame of 16"):
        NextVlad(NextVladConfig(WIDTH, groups=3))


@pytest.mark.parametrize(("clusters", "ratio", "count"), [(128, 8, 88_889_378), (112, 16, 78_643_170)])
def test_the_published_models_have_their_published_sizes(clusters, ratio, count):
    config = BranchConfig({"frames": 1024, "sound": 128}, tags=3862, clusters=clusters, groups=8, ratio=ratio)
    with torch.device("meta"):
        assert parameters(Branch(config)) == count


SMALL = BranchConfig({"frames": WIDTH, "sound": 4}, tags=5, clusters=4, groups=2, hidden=16, ratio=4, dropout=0.0)


def streams(videos: int = 3) -> tuple[dict, dict]:
    shown = {"frames": frames(videos), "sound": frames(videos, SHORT, 4, seed=1)}
    return shown, {"frames": present(videos), "sound": present(videos, SHORT)}


def test_a_modality_that_is_missing_adds_nothing_whatever_lies_there():
    torch.manual_seed(4)
    model = trained_norms(Branch(SMALL))
    shown, masks = streams()
    masks["sound"] = present(3, SHORT, (4, 0, 4))
    other = shown | {"sound": 7 * torch.randn(3, SHORT, 4)}
    torch.testing.assert_close(model(other, masks)[1], model(shown, masks)[1])
    vlad = model.streams["frames"](shown["frames"], masks["frames"])
    alone = torch.cat([vlad, torch.zeros(3, model.project.in_features - vlad.shape[1])], dim=1)
    expected = model.head(model.gate(model.norm(model.project(alone))))
    torch.testing.assert_close(model(shown, masks)[1], expected[1])


def test_the_squeeze_gate_follows_its_formula():
    torch.manual_seed(5)
    gate = SqueezeGate(8, ratio=4).eval()
    y = torch.randn(2, 8)
    hidden = torch.relu((y @ gate.squeeze.weight.T) / math.sqrt(1 + 1e-5))
    torch.testing.assert_close(gate(y), y / (1 + torch.exp(-hidden @ gate.excite.weight.T)))


def test_the_context_gate_halves_what_it_knows_nothing_of():
    gate = ContextGate(4)
    with torch.no_grad():
        gate.gate.weight.zero_()
        gate.gate.bias.zero_()
    torch.testing.assert_close(gate(torch.ones(1, 4)), torch.full((1, 4), 0.5))


def test_a_mixture_of_equal_branches_is_one_branch():
    torch.manual_seed(6)
    model = trained_norms(MixNextVlad(MixConfig(SMALL)))
    for branch in model.branches[1:]:
        branch.load_state_dict(model.branches[0].state_dict())
    output = model(*streams())
    torch.testing.assert_close(output.mixed, model.branches[0](*streams()))
    assert distillation(output, 3.0).item() == pytest.approx(0, abs=1e-6)


def test_the_mixture_teaches_its_branches_by_the_formula():
    mixed, own = torch.tensor([[1.0, -1.0]]), torch.tensor([[[3.0, 0.0], [0.0, 0.0]]])
    softmax = lambda a, b: np.exp([a, b]) / np.exp([a, b]).sum()
    teacher, t = softmax(1 / 3, -1 / 3), 3.0
    expected = sum((teacher * np.log(teacher / student)).sum() for student in (softmax(1, 0), softmax(0, 0)))
    assert distillation(Mixture(mixed, own), t).item() == pytest.approx(t**2 * expected, rel=1e-5)


def test_distillation_does_not_move_the_teacher():
    mixed, own = torch.randn(2, 4, requires_grad=True), torch.randn(2, 3, 4, requires_grad=True)
    distillation(Mixture(mixed, own), 3.0).backward()
    assert mixed.grad is None
    assert own.grad.abs().sum() > 0


def test_the_loss_of_a_mixture_sums_branches_mixture_and_distillation():
    torch.manual_seed(7)
    model = trained_norms(MixNextVlad(MixConfig(SMALL, branches=2, distillation=0.5)))
    output, target = model(*streams()), torch.eye(5)[:3]
    bce = lambda z: F.binary_cross_entropy_with_logits(z, target, reduction="sum") / 3
    expected = bce(output.mixed) + bce(output.own[:, 0]) + bce(output.own[:, 1]) + 0.5 * distillation(output, 3.0)
    torch.testing.assert_close(model.loss(output, target), expected)


def test_a_mixture_learns_one_batch_by_heart():
    torch.manual_seed(8)
    model, target = MixNextVlad(MixConfig(SMALL, distillation=0.1)), torch.eye(5)[:3]
    assert overfits(model, lambda: model.loss(model(*streams()), target), steps=100) < 0.1


def test_the_mean_counts_only_frames_that_are_there():
    mean = masked_mean(torch.tensor([[[1.0], [3.0], [99.0]], [[5.0], [5.0], [5.0]]]), present(2, 3, (2, 0)))
    assert mean.tolist() == [[2.0], [0.0]]


def test_attention_is_even_over_equal_frames_and_zero_on_padding():
    model = GatedAttention(GatedAttentionConfig(WIDTH, heads=3))
    attention = model.attention(torch.ones(1, 5, WIDTH), present(1, 5, (4,)))
    torch.testing.assert_close(attention[0, :, :4], torch.full((3, 4), 0.25))
    assert (attention[0, :, 4] == 0).all()


def test_attention_over_one_frame_gives_the_frame():
    model = GatedAttention(GatedAttentionConfig(WIDTH, heads=2))
    shown = frames(1, 1)
    torch.testing.assert_close(model(shown, present(1, 1)), shown[0].repeat(1, 2))


def test_attention_follows_its_formula():
    torch.manual_seed(10)
    model = GatedAttention(GatedAttentionConfig(WIDTH, heads=1, hidden=3))
    x = frames(1)[0].double().numpy()
    w = {name: tensor.double().numpy() for name, tensor in model.state_dict().items()}
    content = np.tanh(x @ w["content.weight"].T + w["content.bias"])
    openness = 1 / (1 + np.exp(-(x @ w["openness.weight"].T + w["openness.bias"])))
    e = np.exp((content * openness) @ w["score.weight"][0])
    np.testing.assert_allclose(model(frames(1), present(1))[0].detach().numpy(), (e / e.sum()) @ x, rtol=1e-5)


def test_experts_are_mixed_by_the_formula():
    torch.manual_seed(11)
    head, video = ExpertHead(ExpertConfig(6, tags=3, experts=2)), torch.randn(4, 6)
    gates = (video @ head.gate.weight.T).reshape(4, 3, 3).exp()
    gates = gates / gates.sum(dim=-1, keepdim=True)
    experts = torch.sigmoid(head.experts(video)).reshape(4, 3, 2)
    probability = head(video).exp()
    torch.testing.assert_close(probability, (gates[..., :2] * experts).sum(dim=-1))
    torch.testing.assert_close(head.log_gates(video).exp().sum(dim=-1), torch.ones(4, 3))
    assert ((probability > 0) & (probability < 1)).all()
    assert parameters(head) == 6 * 3 * 3 + 6 * 3 * 2 + 3 * 2


def test_one_expert_without_a_dummy_is_a_logistic_head():
    head, video = ExpertHead(ExpertConfig(2, tags=3, experts=1)), torch.rand(4, 2) + 0.1
    with torch.no_grad():
        head.gate.weight.zero_()
        head.gate.weight[1::2] = -1e4  # the dummy's gate of each tag
    torch.testing.assert_close(head(video), F.logsigmoid(head.experts(video)))


def test_the_loss_of_experts_is_binary_cross_entropy():
    probability, target = torch.tensor([[0.2, 0.9]]), torch.tensor([[1.0, 0.0]])
    expected = -math.log(0.2) - math.log(0.1)
    assert expert_loss(probability.log(), target).item() == pytest.approx(expected, rel=1e-4)
    assert torch.isfinite(expert_loss(torch.zeros(1, 2), target))


def test_experts_learn_one_batch_by_heart_and_keep_their_bits(tmp_path):
    torch.manual_seed(12)
    config = ExpertConfig(6, tags=3)
    head, video = ExpertHead(config), torch.randn(3, 6)
    assert overfits(head, lambda: expert_loss(head(video), torch.eye(3)), steps=200, rate=0.05) < 0.1
    assert torch.equal(reloaded(head, ExpertHead(config), tmp_path)(video), head(video))
